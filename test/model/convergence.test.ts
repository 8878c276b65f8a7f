import { describe, expect, it } from "vitest";
import { recordKey } from "../../lib/registry/records";
import { type Host, World } from "../support/simulation/world";

function launch(managers: number, workers: number, seed = 1): World {
  const world = new World(seed);
  for (let slot = 0; slot < managers; slot++) world.launchManager(slot, managers);
  for (let index = 0; index < workers; index++) world.launchWorker(index, managers);
  return world;
}

async function formed(managers: number, workers: number, seed = 1): Promise<World> {
  const world = launch(managers, workers, seed);
  await world.until(() => world.isWhole(), 60_000);
  await world.pass(15_000);
  return world;
}

function host(world: World, name: string): Host {
  const found = world.hosts.get(name);
  if (found === undefined) throw new Error(`no host ${name}`);
  return found;
}

function leaderOf(world: World): Host {
  const leader = world.registry.cluster.summary?.members.find((member) => member.leader === true);
  const found = [...world.hosts.values()].find(({ engine }) => engine.nodeId === leader?.nodeId);
  if (found === undefined) throw new Error("no leader");
  return found;
}

describe("a fresh swarm", () => {
  it.each([
    [1, 0, 2_000],
    [1, 2, 5_000],
    [3, 2, 8_000],
    [5, 5, 9_000],
    [7, 20, 10_000],
  ])("of %i managers and %i workers is whole within seconds", async (managers, workers, limit) => {
    // GIVEN
    const world = launch(managers, workers);
    // WHEN
    const time = await world.until(() => world.isWhole(), 60_000);
    // THEN
    expect(time).toBeLessThan(limit);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])("is one swarm and no more, whatever chance brings (seed %i)", async (seed) => {
    // GIVEN
    const world = launch(5, 5, seed);
    // WHEN
    await world.until(() => world.isWhole(), 60_000);
    // THEN
    const clusters = world.registry.history.flatMap((record) => record.clusterId ?? []);
    expect(new Set(clusters).size).toBe(1);
  });

  it("is founded by another slot when slot 0 never boots", async () => {
    // GIVEN
    const world = new World();
    world.launchManager(1);
    world.launchManager(2);
    // WHEN
    const time = await world.until(() => world.registry.cluster.phase === "forming", 30_000);
    // THEN
    expect(time).toBeGreaterThan(5_000);
    expect(time).toBeLessThan(8_000);
  });

  it("has its workers' launch hooks completed, once each", async () => {
    // GIVEN / WHEN
    const world = await formed(3, 2);
    // THEN
    const { completed } = world.cloud;
    const workers = [host(world, "general-0"), host(world, "general-1")];
    expect([...completed].sort()).toEqual(workers.map(({ self }) => `${self.instanceId} launch`).sort());
  });

  it("has a manager replaced that died before its agent said a word, and is whole then", async () => {
    // GIVEN
    const world = launch(2, 0);
    const silent = { instanceId: "i-silent", privateAddress: "10.20.0.9", autoScalingGroup: "apps-manager-2" };
    world.cloud.launch({ ...silent, instanceProfile: "apps-manager" }, []);
    world.cloud.terminate("i-silent");
    // WHEN
    await world.until(() => world.cloud.replaced.has("i-silent"), 240_000);
    world.launchManager(2);
    // THEN
    await world.until(() => world.isWhole(), 20_000);
    expect([...world.cloud.replaced]).toEqual(["i-silent"]);
  });

  it("is not founded a second time when its record was deleted and seeded anew", async () => {
    // GIVEN
    const world = await formed(3, 1);
    world.registry.items.delete(recordKey.cluster);
    world.registry.seed("nonce-1");
    const newcomer = world.launchManager(0, 3, "newcomer");
    // WHEN
    await world.pass(300_000);
    // THEN
    expect(world.registry.cluster.phase).toBe("unclaimed");
    expect(newcomer.engine.swarmId).toBeUndefined();
    expect(new Set([...world.hosts.values()].flatMap(({ engine }) => engine.swarmId ?? [])).size).toBe(1);
  });
});

describe("an idle swarm", () => {
  it("costs each node at most four registry requests in any minute", async () => {
    // GIVEN
    const world = await formed(3, 2);
    await world.pass(60_000);
    const counts = new Map<string, number[]>();
    // WHEN
    for (let slice = 0; slice < 600; slice++) {
      for (const each of world.hosts.values()) each.requests = [];
      await world.pass(1_000);
      for (const each of world.hosts.values())
        counts.set(each.name, [...(counts.get(each.name) ?? []), each.requests.length]);
    }
    // THEN
    const most = [...counts].map(([name, slices]) => {
      const windows = slices.map((_, start) => slices.slice(start, start + 60).reduce((sum, count) => sum + count, 0));
      return [name, Math.max(...windows)] as const;
    });
    expect(most.filter(([, requests]) => requests > 4)).toEqual([]);
  });

  it("asks EC2 nothing", async () => {
    // GIVEN
    const world = await formed(3, 2);
    await world.pass(60_000);
    const before = world.cloud.questions;
    // WHEN
    await world.pass(600_000);
    // THEN
    expect(world.cloud.questions).toBe(before);
  });

  it("has every node report at least once a minute", async () => {
    // GIVEN
    const world = await formed(3, 2);
    // WHEN
    await world.pass(300_000);
    // THEN
    const now = 1_700_000_000_000 + world.clock.now;
    const ages = [...world.registry.items.entries()]
      .filter(([key]) => key.startsWith("node#") || key.startsWith("slot#"))
      .map(([, item]) => now - Date.parse(String(item["updatedAt"])));
    expect(Math.max(...ages)).toBeLessThanOrEqual(60_000);
    expect(ages).toHaveLength(8);
  });
});

describe("a lost manager", () => {
  it.each(["leader", "follower"])("that was %s is taken out before its successor is promoted", async (part) => {
    // GIVEN
    const world = await formed(3, 2);
    const leader = leaderOf(world);
    const lost =
      part === "leader"
        ? leader
        : [...world.hosts.values()].find((each) => each !== leader && each.settings.role === "manager");
    if (lost === undefined) throw new Error("no follower");
    const lostNode = lost.engine.nodeId ?? "";
    world.hosts.delete(lost.name);
    world.terminate(lost);
    world.launchManager(lost.settings.slot ?? 0, 3, "successor");
    let most = 0;
    // WHEN
    const time = await world.until(() => {
      const swarm = [...world.hosts.values()].map(({ engine }) => engine.managed).find((each) => each !== undefined);
      most = Math.max(most, swarm?.raftMembers.length ?? 0);
      return world.isWhole();
    }, 300_000);
    // THEN
    expect(most).toBe(3);
    expect(world.registry.items.get(recordKey.removing(lostNode))).toMatchObject({ state: "removed" });
    expect(time).toBeLessThan(60_000);
  });

  it("that is only stopped is never removed", async () => {
    // GIVEN
    const world = await formed(3, 1);
    const leader = leaderOf(world);
    const stopped = [...world.hosts.values()].find((each) => each !== leader && each.settings.role === "manager");
    const nodeId = stopped?.engine.nodeId ?? "";
    // WHEN
    stopped?.stop.abort();
    stopped?.engine.stop();
    world.cloud.show(stopped?.self.instanceId ?? "", "stopped");
    await world.pass(7_200_000);
    // THEN
    const member = world.registry.cluster.summary?.members.find((each) => each.nodeId === nodeId);
    expect(member).toMatchObject({ state: "down", role: "manager" });
  });
});

describe("a swarm in operation", () => {
  it("loses no one when all managers restart at once", async () => {
    // GIVEN
    const world = await formed(3, 2);
    const nodes = [...world.hosts.values()].map(({ engine }) => engine.nodeId);
    const managers = [...world.hosts.values()].filter(({ settings }) => settings.role === "manager");
    // WHEN
    for (const each of managers) {
      each.stop.abort();
      each.engine.stop();
    }
    await world.pass(90_000);
    for (const each of managers) {
      each.engine.start();
      world.startAgent(each);
      await world.pass(30_000);
    }
    await world.until(() => world.isWhole(), 60_000);
    // THEN
    expect([...world.hosts.values()].map(({ engine }) => engine.nodeId)).toEqual(nodes);
  });

  it("takes a late worker in after its token was rotated", async () => {
    // GIVEN
    const world = await formed(3, 1);
    leaderOf(world).engine.managed?.rotateToken();
    await world.pass(5_000);
    // WHEN
    world.launchWorker(9);
    const time = await world.until(() => world.isWhole(), 60_000);
    // THEN
    expect(time).toBeLessThan(10_000);
  });

  it("removes a worker once its instance is terminated", async () => {
    // GIVEN
    const world = await formed(3, 2);
    const lost = host(world, "general-1");
    const nodeId = lost.engine.nodeId ?? "";
    // WHEN
    world.hosts.delete(lost.name);
    world.terminate(lost);
    const gone = () => !world.registry.cluster.summary?.members.some((member) => member.nodeId === nodeId);
    const time = await world.until(gone, 300_000);
    // THEN
    expect(time).toBeLessThan(60_000);
  });

  it("keeps what an operator demoted, and says so", async () => {
    // GIVEN
    const world = await formed(3, 1);
    const leader = leaderOf(world);
    const swarm = leader.engine.managed;
    const node = swarm?.nodes().find((each) => each.manager !== undefined && each.id !== leader.engine.nodeId);
    // WHEN
    swarm?.update(node?.id ?? "", node?.version ?? 0, { role: "worker" });
    await world.pass(600_000);
    // THEN
    expect(swarm?.node(node?.id ?? "").role).toBe("worker");
    expect(world.registry.cluster.summary?.faults.join()).toContain("was demoted by hand");
  });

  it("drains a worker that terminates, which then leaves and completes its hook", async () => {
    // GIVEN
    const world = await formed(3, 2);
    const worker = host(world, "general-0");
    // WHEN
    worker.engine.containers = 2;
    worker.terminating = true;
    const member = () => world.registry.cluster.summary?.members.find((each) => each.address === worker.self.address);
    await world.until(() => member()?.availability === "drain", 60_000);
    await world.pass(10_000);
    const whileBusy = worker.engine.swarmId;
    worker.engine.containers = 0;
    const hook = `${worker.self.instanceId} terminate`;
    await world.until(() => world.cloud.completed.includes(hook), 60_000);
    // THEN
    expect(whileBusy).toBeDefined();
    expect(worker.engine.swarmId).toBeUndefined();
  });
});
