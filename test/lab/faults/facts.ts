import type { Shape } from "./case";
import {
  type HostView,
  hostNamed,
  type Leadership,
  leaderships,
  managersOf,
  type Sample,
  slotOf,
} from "./watch/sample";
import { REPLICAS, replicasOf } from "./workload/workload";

/** What is missing for something to be so; nothing when it is. */
export type Missing = (sample: Sample) => string | undefined;

/** Every slot and worker a live, Ready member of one swarm, and nobody else. */
export const whole =
  ({ managers, workers }: Shape): Missing =>
  (sample) => {
    const led = leaderships(sample);
    const [leader] = led;
    const record = sample.registry?.cluster;
    if (record?.phase !== "ready") return `the cluster is ${record?.phase ?? "unknown to its registry"}`;
    if (leader === undefined || led.length > 1) return `${led.length} managers lead`;
    if (leader.clusterId !== record.clusterId) return `the registry names cluster ${record.clusterId}`;
    if (leader.members.length !== managers + workers) return `${leader.members.length} nodes in the swarm`;
    const idle = leader.members.find(({ state, availability }) => state !== "ready" || availability !== "active");
    if (idle !== undefined) return `${nameOf(idle.nodeId, sample)} is ${idle.state}, ${idle.availability}`;
    const deaf = managersOf(leader.members).find(({ manager }) => manager?.reachability !== "reachable");
    if (deaf !== undefined) return `${nameOf(deaf.nodeId, sample)} is ${deaf.manager?.reachability}`;
    const homeless = leader.members.find(({ nodeId }) => hostOf(nodeId, sample) === undefined);
    if (homeless !== undefined) return `node ${homeless.nodeId} is on no host`;
    const slots = managersOf(leader.members).map(({ nodeId }) =>
      slotOf(hostOf(nodeId, sample)?.instanceId ?? "", sample),
    );
    if (new Set(slots).size !== managers || slots.includes(undefined)) return `slots ${slots.join(", ")} have managers`;
    return undefined;
  };

/** The swarm is whole, and all replicas of the workload run. */
export const atWork =
  (shape: Shape): Missing =>
  (sample) =>
    whole(shape)(sample) ?? replicated(sample);

export const replicated: Missing = (sample) => {
  const running = replicasOf(sample).length;
  return running === REPLICAS ? undefined : `${running} replicas run`;
};

export function hostOf(nodeId: string, { hosts }: Sample): HostView | undefined {
  return hosts.find(({ engine }) => engine?.nodeId === nodeId);
}

export function nameOf(nodeId: string, sample: Sample): string {
  return hostOf(nodeId, sample)?.name ?? nodeId;
}

/** Name of the host that leads. */
export function leaderOf(sample: Sample): string {
  const [leader] = leaderships(sample);
  if (leader === undefined) throw new Error("nobody leads the swarm");
  return leader.host.name;
}

/** Names of the managers that do not lead. */
export function followersOf(sample: Sample): readonly [string, string] {
  const [, ...others] = managerNames(sample);
  const [first, second] = others;
  if (first === undefined || second === undefined) throw new Error("there are no two managers beside the leader");
  return [first, second];
}

/** Names of the managers, the leader first. */
export function managerNames(sample: Sample): readonly string[] {
  const [leader] = leaderships(sample);
  const others = managersOf(leader?.members ?? []).filter(({ manager }) => manager?.leader !== true);
  return [leaderOf(sample), ...others.map(({ nodeId }) => nameOf(nodeId, sample)).sort()];
}

/** The host of this name; it must be there. */
export function host(sample: Sample, name: string): HostView {
  const found = hostNamed(sample, name);
  if (found === undefined) throw new Error(`there is no host ${name}`);
  return found;
}

/** Node id of a host's dockerd. */
export function nodeIdOf(sample: Sample, name: string): string {
  const { engine } = host(sample, name);
  if (engine?.nodeId === undefined) throw new Error(`${name} is no member of a swarm`);
  return engine.nodeId;
}

/** What the swarm says of a node: Docker's state, or that it is no longer there; nothing without a leader. */
export function stateOf(nodeId: string, sample: Sample): string | undefined {
  const [leader] = leaderships(sample);
  if (leader === undefined) return undefined;
  return leader.members.find((member) => member.nodeId === nodeId)?.state ?? "gone";
}

/** Node ids of the swarm with their part in it, as one comparable line; empty without a leader. */
export function roll(sample: Sample): string {
  const [leader] = leaderships(sample);
  return leader === undefined ? "" : rollOf(leader);
}

/** Who leads a swarm that has not these members any more, or never had; a swarm without a leader changes nothing. */
export function changed(members: string, sample: Sample): string | undefined {
  const other = leaderships(sample).find((leadership) => rollOf(leadership) !== members);
  return other && `${other.host.name} lists ${rollOf(other)}, not ${members}`;
}

function rollOf({ members }: Leadership): string {
  const names = members.map(({ nodeId, manager }) => (manager === undefined ? nodeId : `${nodeId}*`));
  return names.sort().join(" ");
}
