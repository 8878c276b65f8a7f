import { expect, it } from "vitest";
import { MINUTE } from "./deeds/deed";
import { World } from "./world/world";

/** Requests of one machine in a second, on the average, when it looks for something every second. */
const EAGER = 6;

it.each([
  ["joining a cluster that is forming", (world: World) => world.table.cluster?.phase === "forming"],
  ["founding one", (world: World) => world.table.cluster?.phase === "initializing"],
  ["ready", (world: World) => world.table.cluster?.phase === "ready"],
])("does not turn without a rest while the registry is away and the agents are %s", async (_, reached) => {
  // GIVEN
  const world = new World(1, 3);
  for (let slot = 0; slot < 3; slot++) world.launchManager(slot);
  world.launchWorker();
  await world.advance(MINUTE, () => reached(world));
  expect(reached(world)).toBe(true);
  // WHEN
  world.registryDown = true;
  const before = world.courier.requests;
  await world.advance(5 * MINUTE);
  // THEN
  expect((world.courier.requests - before) / 300 / world.machines.length).toBeLessThan(EAGER);
});
