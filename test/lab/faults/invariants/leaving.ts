import { leaderships, type Sample } from "../watch/sample";
import { published, whereabouts } from "./known";
import { at, isGoing } from "./membership";

/** V3: nobody leaves its swarm without a ground (P9). */
export function leavingFaults(samples: readonly Sample[]): string[] {
  const last = new Map<string, string>();
  const clusterOf = clusters(samples);
  const known = published(samples);
  return samples.flatMap((sample) =>
    sample.hosts.flatMap(({ instanceId, name, engine }) => {
      // While it starts, a dockerd does not say which node it is.
      if (engine === undefined || (engine.state !== "inactive" && engine.nodeId === undefined)) return [];
      const before = last.get(instanceId);
      const now = engine.state === "inactive" ? undefined : engine.nodeId;
      if (now === undefined) last.delete(instanceId);
      else last.set(instanceId, now);
      if (before === undefined || before === now) return [];
      const clusterId = clusterOf.get(before);
      const isUnpublished = clusterId !== undefined && !known.has(clusterId);
      if (isUnpublished || isTerminating(instanceId, sample) || hasGround(before, clusterId, sample)) return [];
      if (isStartingAgain(instanceId, sample)) return [];
      return [at(sample, `V3: ${name} left the swarm as ${before}, without a ground`)];
    }),
  );
}

/** On its way out by Auto Scaling's word, or by EC2's, two minutes ahead (P9). */
function isTerminating(instanceId: string, sample: Sample): boolean {
  return (
    isGoing(instanceId, sample) || sample.instances.some(({ id, spotAction }) => id === instanceId && !!spotAction)
  );
}

/** Between the node that ends and the one that leads the next generation, dockerd is in no swarm (P13). */
function isStartingAgain(instanceId: string, { registry }: Sample): boolean {
  const { phase, recovery } = registry?.cluster ?? {};
  return phase === "recovering" && recovery?.instanceId === instanceId;
}

function hasGround(nodeId: string, clusterId: string | undefined, { registry }: Sample): boolean {
  const isRemoved = registry?.tombstones.some((each) => each.nodeId === nodeId && each.state === "removed") ?? false;
  const isAbandoned = clusterId !== undefined && (registry?.cluster?.abandoned.includes(clusterId) ?? false);
  return isRemoved || isAbandoned;
}

/**
 * Which cluster a node is of, by the lists of its leaders and by what a manager says of itself; of one that no leader
 * listed before it died, by the registry: nodes join no other cluster than the recorded one.
 */
function clusters(samples: readonly Sample[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const sample of samples) {
    for (const { engine } of sample.hosts)
      if (engine?.nodeId !== undefined && engine.clusterId !== undefined) found.set(engine.nodeId, engine.clusterId);
    for (const { clusterId, members } of leaderships(sample))
      for (const { nodeId } of members) found.set(nodeId, clusterId);
  }
  for (const { hosts, registry } of samples)
    for (const { engine } of hosts) {
      const recorded = registry?.cluster?.clusterId;
      if (engine?.nodeId !== undefined && recorded !== undefined && !found.has(engine.nodeId))
        found.set(engine.nodeId, recorded);
    }
  return found;
}

/** V8: a node id is of one instance, for ever. */
export function identityFaults(samples: readonly Sample[]): string[] {
  const instanceOf = whereabouts(samples);
  const doubled = samples.flatMap((sample) =>
    sample.hosts.flatMap(({ instanceId, engine }) => {
      const first = engine?.nodeId === undefined ? instanceId : instanceOf.get(engine.nodeId);
      return first === instanceId ? [] : [`V8: ${engine?.nodeId} ran on ${first} and on ${instanceId}`];
    }),
  );
  return [...new Set(doubled)];
}
