import type { Ports } from "../../../lib/agent/agent";
import type { Docker, Instance, InstancesAnswer, Registry } from "../../../lib/agent/ports";
import { tableOf } from "../../../lib/agent/registry/table";
import { recordKey } from "../../../lib/registry/records";
import * as dockerd from "./dockerd";
import type { Incarnation, Machine } from "./machine";
import { WALL } from "./swarm";
import type { World } from "./world";

/** Milliseconds a request takes to arrive. */
const LOCAL = [2, 20] as const;
const REGISTRY = [5, 60] as const;
const CLOUD = [50, 500] as const;

/** How DynamoDB's SDK may fare with a write. */
type Fate = "done" | "not sent" | "answer lost" | "repeated";

/** The ports of one run of a machine's agent; every call is an event of its own. */
export function portsOf(world: World, machine: Machine, incarnation: Incarnation): Ports {
  const { schedule, chance } = world;
  const local = <T>(apply: () => T) => world.request(machine, incarnation, { local: true, latency: LOCAL }, apply);
  const cloud = <T>(apply: () => T) => world.request(machine, incarnation, { local: false, latency: CLOUD }, apply);
  return {
    clock: {
      now: () => schedule.now - machine.skew.monotonic,
      wallTime: () => WALL + schedule.now + machine.skew.wall,
      sleep: (milliseconds) => world.sleep(machine, incarnation, milliseconds),
    },
    docker: dockerOf(world, machine, incarnation),
    registry: registryOf(world, machine, incarnation),
    instances: {
      describe: (ids) => cloud(() => describe(world, machine, ids)),
      statusChecks: () => cloud(() => []),
    },
    slotGroups: {
      replace: (instanceId) =>
        cloud(() => {
          const instance = world.machines.find((each) => each.self.instanceId === instanceId);
          if (instance === undefined) return "not in a group";
          world.replace(instance);
          return "done";
        }),
    },
    hooks: {
      complete: (hook) =>
        cloud(() => {
          const isActive = machine.hooks.delete(hook);
          if (isActive && hook === machine.settings.terminateHook) world.terminate(machine);
          return isActive ? "done" : "no active action";
        }),
      extend: (hook) => cloud(() => (machine.hooks.has(hook) ? "done" : "no active action")),
    },
    metadata: { identity: async () => machine.self, terminating: async () => machine.terminating },
    store: {
      markers: async () => machine.markers,
      save: (change) =>
        world.effect(machine, incarnation, { local: true, latency: LOCAL }, (answer) => {
          machine.markers = { ...machine.markers, ...change };
          answer({ value: undefined });
        }),
      hasCertificate: () => local(() => machine.swarmState.nodeId !== undefined),
      refusal: async () => undefined,
    },
    random: chance.next,
  };
}

function dockerOf(world: World, machine: Machine, incarnation: Incarnation): Docker {
  const path = { local: true, latency: LOCAL };
  const read = <T>(apply: () => T) => world.request(machine, incarnation, path, apply);
  const write = (apply: (answer: dockerd.Answer<void>) => void) => {
    const sentAt = world.schedule.now;
    return world.effect<void>(machine, incarnation, path, (answer) => {
      machine.sentAt = sentAt;
      apply(answer);
    });
  };
  const { judge } = world;
  return {
    status: () => read(() => dockerd.status(world, machine)),
    node: (id) => read(() => dockerd.inspect(machine, id)),
    nodes: () => read(() => dockerd.list(machine)),
    swarm: () =>
      read(() => {
        const swarm = dockerd.readable(machine);
        const { addressPool, ...options } = machine.settings.swarm;
        return {
          clusterId: swarm.id,
          version: swarm.version,
          addressPools: [addressPool],
          autolock: false,
          ...options,
        };
      }),
    workerToken: () =>
      read(() => {
        const swarm = dockerd.readable(machine);
        return { token: swarm.token, clusterId: swarm.id, version: swarm.version };
      }),
    runningContainers: () => read(() => 0),
    unlockKey: () => read(() => undefined),
    unlock: () => Promise.reject(new Error("swarm is not locked")),
    init: () =>
      write((answer) => {
        judge.founding(machine);
        dockerd.init(world, machine, answer);
      }),
    forceNewCluster: () => Promise.reject(new Error("no swarm here is recovered")),
    join: (options) =>
      write((answer) => {
        judge.joining(machine);
        dockerd.join(world, machine, options, answer);
      }),
    leave: () =>
      write((answer) => {
        judge.leaving(machine);
        dockerd.leave(world, machine);
        answer({ value: undefined });
      }),
    updateNode: (id, version, change) =>
      write((answer) => {
        const swarm = dockerd.writable(machine);
        const before = swarm.nodes.get(id)?.role;
        const margins = judge.before(swarm);
        swarm.update(id, version, change);
        if (change.role !== undefined && change.role !== before) judge.roleChanged(machine, swarm, id, margins);
        answer({ value: undefined });
      }),
    removeNode: (id, options) =>
      write((answer) => {
        const swarm = dockerd.writable(machine);
        const node = swarm.nodes.get(id);
        swarm.remove(id, options?.force === true);
        if (node !== undefined) judge.removed(machine, swarm, node);
        answer({ value: undefined });
      }),
  };
}

function registryOf(world: World, machine: Machine, incarnation: Incarnation): Registry {
  const { table, chance, judge } = world;
  const path = { local: false, latency: REGISTRY };
  const read = <T>(key: string, take: () => T) =>
    world.request(machine, incarnation, path, () => {
      if (world.registryDown) throw new Error("the registry does not answer");
      judge.reading(machine, key);
      return take();
    });
  const get = <T>(key: string) => read(key, () => table.items.get(key) as T | undefined);
  return {
    cluster: () =>
      read(recordKey.cluster, () => {
        const { cluster } = table;
        machine.lastRead = { at: world.schedule.now, owner: cluster?.owner, phase: cluster?.phase };
        return cluster;
      }),
    slot: (slot) => get(recordKey.slot(slot)),
    workerToken: () => get(recordKey.workerToken),
    tombstone: (nodeId) => get(recordKey.removing(nodeId)),
    table: () =>
      read("*", () => {
        const { cluster } = table;
        machine.lastRead = { at: world.schedule.now, owner: cluster?.owner, phase: cluster?.phase };
        return tableOf([...table.items.values()].map(({ token, ...rest }) => rest));
      }),
    change: (change) => {
      const writeId = world.newWriteId();
      const lot = chance.next();
      const fate: Fate = lot < 0.01 ? "not sent" : lot < 0.02 ? "answer lost" : lot < 0.05 ? "repeated" : "done";
      return world.effect(machine, incarnation, path, (answer) => {
        if (world.registryDown || fate === "not sent") throw new Error("the registry does not answer");
        judge.writing(
          machine,
          change.updates.map(({ key }) => key),
        );
        const wasMade = () => world.mutation.believesRefusals !== true && table.wasMade(change, writeId);
        const result = table.apply(change, writeId);
        if (fate === "answer lost") throw new Error("socket hang up");
        if (fate === "done" || !result.made) {
          answer({ value: result.made || wasMade() ? { made: true } : result });
          return;
        }
        // The SDK sends it again and is refused by what it wrote itself.
        world.schedule.in(chance.between(50, 2_000), () => {
          const again = table.apply(change, writeId);
          answer({ value: again.made || wasMade() ? { made: true } : again });
        });
      });
    },
  };
}

/** EC2's answer: late by the world's delay, and as faulty as the world has it. */
function describe(world: World, machine: Machine, ids: readonly string[]): InstancesAnswer {
  const { cloudMode, schedule, cloudDelay } = world;
  if (cloudMode === "error") throw new Error("RequestLimitExceeded");
  if (cloudMode === "empty") return { found: [], missing: [] };
  const missing: string[] = [];
  const found = ids.flatMap((id): readonly Instance[] => {
    if (cloudMode === "partial" && id !== machine.self.instanceId) return [];
    const asked = world.machines.find((each) => each.self.instanceId === id);
    const shown = asked?.shown.filter(({ at }) => at <= schedule.now - cloudDelay).at(-1);
    // A terminated instance is forgotten after an hour.
    const isForgotten = shown?.state === "terminated" && schedule.now - shown.at > 3_600_000;
    if (asked === undefined || shown === undefined || isForgotten) {
      missing.push(id);
      return [];
    }
    const { settings, address } = asked;
    return [
      {
        instanceId: id,
        state: shown.state,
        privateAddress: shown.state === "terminated" ? undefined : address,
        autoScalingGroup: settings.autoScalingGroup,
        instanceProfile: settings.role === "manager" ? "apps-manager" : "apps-worker",
      },
    ];
  });
  return { found, missing };
}
