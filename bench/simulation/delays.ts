import type { Ports } from "../../lib/agent/agent";
import type { Docker, Registry } from "../../lib/agent/ports";

/** What passes between a node's agent and what it asks, in milliseconds. */
export interface Delays {
  sleep(milliseconds: number): Promise<void>;
  /** At least 0, below 1. */
  random(): number;
  /** Called whenever the agent of the node goes on. */
  resumed(): void;
}

/** DynamoDB in the same region: a record, and a page of a scan for each megabyte. */
const RECORD = [4, 16] as const;
const PAGE_BYTES = 1024 * 1024;
const PAGE = [40, 80] as const;
/** dockerd: an answer, what each listed node adds to it, and a change that Raft commits. */
const ANSWER = [2, 6] as const;
const PER_NODE = 0.05;
const COMMIT = [10, 20] as const;

/** Ports that take the time real ones do. */
export function delayed(ports: Ports, delays: Delays, tableBytes: () => number): Ports {
  const pass = async ([least, most]: readonly [number, number], times = 1) => {
    await delays.sleep((least + delays.random() * (most - least)) * times);
    delays.resumed();
  };
  const { clock } = ports;
  return {
    ...ports,
    clock: { ...clock, sleep: (milliseconds) => clock.sleep(milliseconds).then(() => delays.resumed()) },
    registry: delayedRegistry(ports.registry, pass, tableBytes),
    docker: delayedDocker(ports.docker, pass),
  };
}

type Pass = (range: readonly [number, number], times?: number) => Promise<void>;

function delayedRegistry(registry: Registry, pass: Pass, tableBytes: () => number): Registry {
  return {
    cluster: () => pass(RECORD).then(() => registry.cluster()),
    slot: (slot) => pass(RECORD).then(() => registry.slot(slot)),
    workerToken: () => pass(RECORD).then(() => registry.workerToken()),
    tombstone: (nodeId) => pass(RECORD).then(() => registry.tombstone(nodeId)),
    table: () => pass(PAGE, Math.max(1, Math.ceil(tableBytes() / PAGE_BYTES))).then(() => registry.table()),
    change: (change) => pass(RECORD).then(() => registry.change(change)),
  };
}

function delayedDocker(docker: Docker, pass: Pass): Docker {
  return {
    ...docker,
    node: (id) => pass(ANSWER).then(() => docker.node(id)),
    swarm: () => pass(ANSWER).then(() => docker.swarm()),
    nodes: async () => {
      const nodes = await docker.nodes();
      await pass([ANSWER[0] + nodes.length * PER_NODE, ANSWER[1] + nodes.length * PER_NODE]);
      return nodes;
    },
    updateNode: (id, version, change) => pass(COMMIT).then(() => docker.updateNode(id, version, change)),
  };
}
