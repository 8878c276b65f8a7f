import { type Leadership, leaderships, managersOf, marginOf, type Sample, slotOf } from "../watch/sample";
import { published, slotInstances, whereabouts } from "./known";

/** V2: never two groups with a leader of which nodes were told. */
export function leaderFaults(samples: readonly Sample[]): string[] {
  const known = published(samples);
  return samples.flatMap((sample) => {
    const abandoned = sample.registry?.cluster?.abandoned ?? [];
    const led = leaderships(sample).map(({ clusterId }) => clusterId);
    const clusters = [...new Set(led)].filter((id) => known.has(id) && !abandoned.includes(id));
    return clusters.length > 1 ? [at(sample, `V2: ${clusters.join(" and ")} both have a leader`)] : [];
  });
}

/** V4: no more Raft members than slots, and one at most for each. */
export function slotFaults(samples: readonly Sample[]): string[] {
  const instanceOf = whereabouts(samples);
  return samples.flatMap((sample) =>
    leaderships(sample).flatMap(({ members }) => {
      const managers = managersOf(members);
      const slots = managers.map(({ nodeId }) => slotOf(instanceOf.get(nodeId) ?? "", sample));
      const doubled = slots.filter((slot, index) => slot !== undefined && slots.indexOf(slot) !== index);
      const most = slotInstances(sample).size;
      return [
        ...doubled.map((slot) => at(sample, `V4: slot ${slot} has two Raft members`)),
        ...(managers.length > most ? [at(sample, `V4: ${managers.length} Raft members for ${most} slots`)] : []),
      ];
    }),
  );
}

/** V5: taking a member out of Raft never leaves the rest nearer to losing quorum, unless its slot was to be retired. */
export function marginFaults(samples: readonly Sample[]): string[] {
  const instanceOf = whereabouts(samples);
  const retired = retiredInstances(samples);
  return removals(samples).flatMap(({ sample, before, removed }) => {
    const rest = before.filter(({ nodeId }) => !removed.includes(nodeId));
    const [had, left] = [marginOf(before), marginOf(rest)];
    const isRetired = removed.every((nodeId) => retired.has(instanceOf.get(nodeId) ?? ""));
    if (left >= had || (isRetired && left >= 0)) return [];
    return [at(sample, `V5: with ${removed.join(" and ")} gone from Raft the margin fell from ${had} to ${left}`)];
  });
}

/** Members that a leader no longer counts to Raft, seen from one look to its next; a swarm started again is another one. */
function removals(samples: readonly Sample[]) {
  const last = new Map<string, Leadership>();
  return samples.flatMap((sample) =>
    leaderships(sample).flatMap((leadership) => {
      const generation = sample.registry?.cluster?.generation;
      const key = `${leadership.host.instanceId} ${leadership.clusterId} ${generation}`;
      const before = managersOf(last.get(key)?.members ?? []);
      last.set(key, leadership);
      const now = new Set(managersOf(leadership.members).map(({ nodeId }) => nodeId));
      const removed = before.map(({ nodeId }) => nodeId).filter((nodeId) => !now.has(nodeId));
      return removed.length > 0 ? [{ sample, before, removed }] : [];
    }),
  );
}

/** V6: a node that is gone from the swarm was announced, and its instance was dead, or on its way out. */
export function removalFaults(samples: readonly Sample[]): string[] {
  const instanceOf = whereabouts(samples);
  const retired = retiredInstances(samples);
  const listed = new Map<string, Set<string>>();
  return samples.flatMap((sample) =>
    leaderships(sample).flatMap(({ clusterId, members }) => {
      const now = new Set(members.map(({ nodeId }) => nodeId));
      const before = listed.get(clusterId) ?? new Set();
      listed.set(clusterId, now);
      return [...before]
        .filter((nodeId) => !now.has(nodeId))
        .flatMap((nodeId) => {
          const instanceId = instanceOf.get(nodeId) ?? "";
          const faults: string[] = [];
          if (sample.registry && !sample.registry.tombstones.some((tombstone) => tombstone.nodeId === nodeId))
            faults.push(at(sample, `V6: ${nodeId} was removed without a tombstone`));
          if (!isGoing(instanceId, sample) && !retired.has(instanceId))
            faults.push(at(sample, `V6: ${nodeId} was removed, and its instance ${instanceId} lives`));
          return faults;
        });
    }),
  );
}

/** Dead, or about to be: EC2 says so, or Auto Scaling does. */
export function isGoing(instanceId: string, { instances }: Sample): boolean {
  const instance = instances.find(({ id }) => id === instanceId);
  if (instance === undefined || instance.state === "terminated" || instance.state === "shutting-down") return true;
  return instance.lifecycleState?.startsWith("Terminat") ?? false;
}

/** Instances that an operator or the leader asked to be taken out while they lived (P11, P19). */
function retiredInstances(samples: readonly Sample[]): ReadonlySet<string> {
  const slots = samples.flatMap(({ registry }) => registry?.slots ?? []);
  return new Set(slots.filter(({ retire }) => retire !== undefined).map(({ instanceId }) => instanceId));
}

/** V11: nobody is taken in or out while the cluster is destroyed or there is no registry. */
export function frozenFaults(samples: readonly Sample[]): string[] {
  const isFrozen = ({ registry }: Sample): boolean =>
    registry?.cluster === undefined || registry.cluster.phase === "destroying";
  return samples.flatMap((sample, index) => {
    const before = samples[index - 1];
    const earlier = samples[index - 2];
    // The first look may still show what was under way when the registry went.
    if (before === undefined || earlier === undefined || ![sample, before, earlier].every(isFrozen)) return [];
    const [old] = leaderships(before);
    const now = leaderships(sample).find(({ clusterId }) => clusterId === old?.clusterId);
    if (old === undefined || now === undefined || membership(old) === membership(now)) return [];
    return [at(sample, `V11: the members changed from ${membership(old)} to ${membership(now)} without a registry`)];
  });
}

function membership({ members }: Leadership): string {
  const names = members.map(({ nodeId, manager }) => (manager === undefined ? nodeId : `${nodeId} (manager)`));
  return names.sort().join(", ");
}

export function at({ time }: Sample, text: string): string {
  return `${new Date(time).toISOString().slice(11, 19)} ${text}`;
}
