import type { Ports } from "../../../lib/agent/agent";
import type { Docker, Registry } from "../../../lib/agent/ports";
import { recordsOf } from "../../../lib/registry/record-reader";
import { recordKey } from "../../../lib/registry/records";
import * as dockerd from "./dockerd";
import type { Incarnation, Machine } from "./machine";
import { WALL } from "./node-object";
import type { World } from "./world";

/** Milliseconds a request takes to arrive. */
const DISK = { to: "disk", latency: [2, 20] } as const;
const DOCKERD = { to: "dockerd", latency: [2, 20] } as const;
const REGISTRY = { to: "AWS", latency: [5, 60] } as const;
const CLOUD = { to: "AWS", latency: [50, 500] } as const;

/** For how long what an agent read is kept for the judge: the longest an agent may go by it, and the way of its request. */
const MEMORY = 30_000;

/** How DynamoDB's SDK may fare with a write. */
type Fate = "done" | "not sent" | "answer lost" | "repeated";

/** The ports of one run of a machine's agent; every call is an event of its own. */
export function portsOf(world: World, machine: Machine, incarnation: Incarnation): Ports {
  const { schedule, chance, courier, cloud: aws, judge } = world;
  const local = <T>(apply: () => T) => courier.request(machine, incarnation, DISK, apply);
  const cloud = <T>(apply: () => T) =>
    courier.request(machine, incarnation, CLOUD, () => {
      mustReachAws(machine);
      return apply();
    });
  return {
    clock: {
      now: () => machine.clock(schedule.now),
      wallTime: () => WALL + schedule.now + machine.wallSkew,
      sleep: (milliseconds) => courier.sleep(machine, incarnation, milliseconds),
    },
    docker: dockerOf(world, machine, incarnation),
    dockerService: {
      restart: () =>
        courier.effect<void>(machine, incarnation, DISK, (answer) => {
          judge.acts.restarting(machine);
          world.restartDocker(machine, answer);
        }),
    },
    diskLock: {
      isOn: async () => machine.lockedBy !== undefined,
      opensWith: async (key) => machine.lockedBy === key,
      // The guard's to do, not the agent's.
      takeOff: () => Promise.reject(new Error("dockerd runs")),
    },
    registry: registryOf(world, machine, incarnation),
    instances: {
      describe: (ids) =>
        cloud(() => {
          judge.acts.asking(machine, "EC2");
          return aws.describe(machine, ids);
        }),
      statusChecks: (ids) =>
        cloud(() => {
          judge.acts.asking(machine, "EC2");
          return aws.statusChecks(ids);
        }),
    },
    slotGroups: {
      instances: (groups) =>
        cloud(() => {
          judge.acts.asking(machine, "Auto Scaling");
          return aws.instances(machine, groups);
        }),
      replace: (instanceId) => {
        const sent = sentNow(world, machine);
        return courier.effect(machine, incarnation, CLOUD, (answer) => {
          mustReachAws(machine);
          machine.sent = sent;
          const target = world.machines.find(({ self }) => self.instanceId === instanceId);
          if (target !== undefined) judge.acts.replacing(machine, target);
          answer({ value: aws.replace(instanceId) });
        });
      },
    },
    unlockKeys:
      machine.settings.unlockKeySecret === undefined
        ? undefined
        : {
            read: (which) =>
              cloud(() => {
                judge.acts.asking(machine, "Secrets Manager");
                return aws.readSecret(which);
              }),
            write: (key) =>
              courier.effect(machine, incarnation, CLOUD, (answer) => {
                mustReachAws(machine);
                judge.acts.asking(machine, "Secrets Manager");
                aws.writeSecret(key);
                answer({ value: undefined });
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
        courier.effect(machine, incarnation, DISK, (answer) => {
          machine.markers = { ...machine.markers, ...change };
          answer({ value: undefined });
        }),
      hasCertificate: () => local(() => machine.swarmState.nodeId !== undefined),
      refusal: async () => machine.refusal,
    },
    random: chance.next,
  };
}

function dockerOf(world: World, machine: Machine, incarnation: Incarnation): Docker {
  const { judge, courier } = world;
  const read = <T>(apply: () => T) => courier.request(machine, incarnation, DOCKERD, apply);
  const write = (apply: (answer: dockerd.Answer<void>) => void) => {
    const sent = sentNow(world, machine);
    return courier.effect<void>(machine, incarnation, DOCKERD, (answer) => {
      machine.sent = sent;
      apply(answer);
    });
  };
  return {
    status: () => read(() => dockerd.status(world, machine)),
    node: (id) => read(() => dockerd.readable(machine).inspect(machine, id)),
    nodes: () => read(() => dockerd.readable(machine).list(machine)),
    swarm: () =>
      read(() => {
        const swarm = dockerd.readable(machine);
        const { addressPool, ...options } = machine.settings.swarm;
        const { id: clusterId, version, locked: autolock } = swarm;
        return { clusterId, version, addressPools: [addressPool], autolock, ...options };
      }),
    workerToken: () =>
      read(() => {
        const swarm = dockerd.readable(machine);
        return { token: swarm.token, clusterId: swarm.id, version: swarm.version };
      }),
    runningContainers: () => read(() => dockerd.runningContainers(world, machine)),
    unlockKey: () =>
      read(() => {
        const swarm = dockerd.writable(machine);
        return swarm.locked ? swarm.unlockKey : undefined;
      }),
    unlock: (key) =>
      write((answer) => {
        dockerd.unlock(world, machine, key, answer);
      }),
    init: (options) =>
      write((answer) => {
        judge.acts.founding(machine);
        dockerd.init(world, machine, options, answer);
      }),
    forceNewCluster: (options) =>
      write((answer) => {
        judge.acts.recovering(machine, options);
        dockerd.forceNewCluster(world, machine, options, answer);
      }),
    join: (options) =>
      write((answer) => {
        judge.acts.joining(machine);
        dockerd.join(world, machine, options, answer);
      }),
    leave: () =>
      write((answer) => {
        judge.acts.leaving(machine);
        dockerd.leave(world, machine);
        answer({ value: undefined });
      }),
    updateNode: (id, version, change) =>
      write((answer) => {
        const swarm = dockerd.writable(machine);
        const before = swarm.nodes.get(id)?.role;
        const margins = judge.acts.before(swarm);
        swarm.update(id, version, change);
        if (change.role !== undefined && change.role !== before) judge.acts.roleChanged(machine, swarm, id, margins);
        answer({ value: undefined });
      }),
    removeNode: (id, options) =>
      write((answer) => {
        const swarm = dockerd.writable(machine);
        const node = swarm.nodes.get(id);
        swarm.remove(id, options);
        if (node !== undefined) judge.acts.removed(machine, swarm, node);
        answer({ value: undefined });
      }),
  };
}

function registryOf(world: World, machine: Machine, incarnation: Incarnation): Registry {
  const { table, chance, judge, courier } = world;
  const read = <T>(key: string, take: () => T) =>
    courier.request(machine, incarnation, REGISTRY, () => {
      mustReachAws(machine);
      if (world.registryDown) throw new Error("the registry does not answer");
      judge.acts.reading(machine, key);
      return take();
    });
  const get = <T>(key: string) => read(key, () => table.items.get(key) as T | undefined);
  return {
    cluster: () =>
      read(recordKey.cluster, () => {
        noteRead(world, machine);
        return table.cluster;
      }),
    slot: (slot) => get(recordKey.slot(slot)),
    workerToken: () => get(recordKey.workerToken),
    tombstone: (nodeId) => get(recordKey.removing(nodeId)),
    table: () =>
      read("*", () => {
        noteRead(world, machine);
        return recordsOf([...table.items.values()].map(({ token, ...rest }) => rest));
      }),
    change: (change) => {
      const writeId = world.newWriteId();
      const sent = sentNow(world, machine);
      const lot = chance.next();
      const fate: Fate = lot < 0.01 ? "not sent" : lot < 0.02 ? "answer lost" : lot < 0.05 ? "repeated" : "done";
      return courier.effect(machine, incarnation, REGISTRY, (answer) => {
        mustReachAws(machine);
        if (world.registryDown || fate === "not sent") throw new Error("the registry does not answer");
        machine.sent = sent;
        judge.acts.writing(machine, change);
        const wasMade = () => world.mutation.believesRefusals !== true && table.wasMade(change, writeId);
        const result = table.apply(change, writeId);
        if (result.made) judge.acts.wrote(machine, change);
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

function sentNow({ schedule }: World, { reads }: Machine): Machine["sent"] {
  return { at: schedule.now, reads };
}

function noteRead({ table: { cluster }, schedule }: World, machine: Machine): void {
  const { owner, phase, generation, minWriter } = cluster ?? {};
  const kept = machine.reads.filter(({ at }) => schedule.now - at <= MEMORY);
  machine.reads = [...kept, { at: schedule.now, owner, phase, generation, minWriter }];
}

function mustReachAws({ offline }: Machine): void {
  if (offline) throw new Error("connect ETIMEDOUT");
}
