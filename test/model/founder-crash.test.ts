import { describe, expect, it } from "vitest";
import type { ClusterRecord } from "../../lib/registry/records";
import { type Crash, type Host, World } from "../support/simulation/world";

const FOUNDER = "manager-0";

function world(crash: Crash | undefined, onCrash?: (world: World, host: Host) => void): World {
  const made = new World(7);
  made.crash = crash;
  if (onCrash !== undefined) made.onCrash = (host) => onCrash(made, host);
  for (let slot = 0; slot < 3; slot++) made.launchManager(slot);
  made.launchWorker(0);
  return made;
}

/** Clusters that were published, in order; more than one only if the earlier ones were abandoned. */
function publishedClusters(history: readonly ClusterRecord[]): readonly string[] {
  return [...new Set(history.flatMap((record) => record.clusterId ?? []))];
}

async function effectsToFormSwarm(): Promise<number> {
  const calm = world(undefined);
  await calm.until(() => calm.isWhole(), 60_000);
  return calm.hosts.get(FOUNDER)?.effects ?? 0;
}

/** More than a founder ever has; a test below makes sure of it. */
const EFFECTS = 36;
const crashes = Array.from({ length: EFFECTS }, (_, effect) => effect).flatMap((effect) =>
  (["before", "after"] as const).map((moment): Crash => ({ host: FOUNDER, effect, moment })),
);

it("is struck at every effect it has until the swarm is whole", async () => {
  expect(await effectsToFormSwarm()).toBeLessThanOrEqual(EFFECTS);
});

describe("a founder whose agent crashes", () => {
  it.each(crashes)("$moment effect $effect leaves one swarm, and nobody behind", async (crash) => {
    // GIVEN
    const made = world(crash);
    // WHEN
    await made.until(() => made.isWhole() && made.crash !== undefined, 300_000);
    // THEN
    expect(publishedClusters(made.registry.history)).toHaveLength(1);
    expect(made.registry.cluster.abandoned).toEqual([]);
  });
});

describe("a founder whose instance is lost", () => {
  it.each(crashes)("$moment effect $effect is replaced, and one swarm is ready", async (crash) => {
    // GIVEN
    const made = world(crash, (lost, host) => {
      lost.terminate(host);
      lost.launchManager(0, 3, "manager-0-again");
      lost.hosts.delete(FOUNDER);
    });
    // WHEN
    await made.until(() => made.isWhole() && !made.hosts.has(FOUNDER), 900_000);
    // THEN
    const { history, cluster } = made.registry;
    expect(publishedClusters(history)).toEqual([...cluster.abandoned, cluster.clusterId]);
    expect(new Set(history.filter(({ phase }) => phase === "ready").map(({ clusterId }) => clusterId)).size).toBe(1);
  });
});
