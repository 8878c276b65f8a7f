import { equal } from "../../registry/change";
import { type ClusterSummary, type ManagerAddress, type Phase, recordKey } from "../../registry/records";
import type { ActionOf, Membership } from "../model";
import type { Change, Condition, Identity, RecordUpdate, WorkerToken } from "../ports";

/** Manager slots a cluster can have, this one or an earlier one of the same registry. */
const MOST_SLOTS = 7;

const absent = (field: string): Condition => ({ field, is: "absent" });
const phaseIs = (...phases: readonly Phase[]): Condition => ({ any: phases.map((phase) => equal("phase", phase)) });

/** Holds only while the recorded cluster is the one that was decided about. */
const isMember = ({ clusterId, generation }: Membership): readonly Condition[] => [
  phaseIs("forming", "ready"),
  equal("clusterId", clusterId),
  equal("generation", generation),
];

/** The claim of a manager, as conditions. */
const isClaimed = (nonce: string, owner: string, epoch: number): readonly Condition[] => [
  equal("nonce", nonce),
  phaseIs("initializing"),
  equal("owner", owner),
  equal("epoch", epoch),
];

/** Claims an unclaimed cluster, unless a slot's record names a node: then there was a swarm already (P3). */
export function claim(nonce: string, owner: string, epoch: number): Change {
  const when = [equal("nonce", nonce), phaseIs("unclaimed"), equal("epoch", epoch)];
  const slots = Array.from({ length: MOST_SLOTS }, (_, slot) => recordKey.slot(slot));
  return {
    updates: [{ key: recordKey.cluster, set: { ...claimed(owner, epoch) }, when }],
    checks: slots.map((key) => ({ key, when: [absent("nodeId"), absent("predecessorNodeId")] })),
  };
}

/** Takes over a claim that has not moved since (epoch, renewal). */
export function steal(nonce: string, owner: string, epoch: number, renewal: number): Change {
  const when = [equal("nonce", nonce), phaseIs("initializing"), equal("epoch", epoch), equal("renewal", renewal)];
  return single(recordKey.cluster, claimed(owner, epoch), when);
}

export function renew(nonce: string, owner: string, epoch: number, renewal: number): Change {
  const when = [...isClaimed(nonce, owner, epoch), equal("renewal", renewal)];
  return single(recordKey.cluster, { renewal: renewal + 1 }, when);
}

export function release(nonce: string, owner: string, epoch: number): Change {
  const update = { key: recordKey.cluster, set: { phase: "unclaimed", renewal: 0 }, remove: ["owner"] };
  return { updates: [{ ...update, when: isClaimed(nonce, owner, epoch) }] };
}

/** Worker token, managers, the founder's node in its slot, and the phase, together or not at all (P3, P4). */
export function publish(
  claim: { readonly nonce: string; readonly owner: string; readonly epoch: number },
  membership: Membership,
  founder: ManagerAddress,
  { token, version }: WorkerToken,
): Change {
  const { clusterId, generation } = membership;
  const set = { phase: "forming", clusterId, managers: [{ ...founder }], tokenIndex: version };
  const tokenRecord = { token, clusterId, generation, tokenIndex: version };
  return {
    updates: [
      { key: recordKey.cluster, set, when: isClaimed(claim.nonce, claim.owner, claim.epoch) },
      { key: recordKey.workerToken, set: tokenRecord, when: [] },
      // A record that is deleted and seeded anew right after this must found no second swarm.
      {
        key: recordKey.slot(founder.slot),
        set: { nodeId: founder.nodeId },
        when: [equal("instanceId", claim.owner)],
      },
    ],
    confirmedBy: [equal("clusterId", clusterId), equal("generation", generation)],
  };
}

/** Back to the start after a forming cluster lost the majority of its members for good (P5). */
export function abandon(
  nonce: string,
  owner: string,
  seen: Pick<ActionOf<"abandon">, "epoch" | "clusterId" | "writeId" | "dead">,
  abandoned: readonly string[],
): Change {
  const set = { ...claimed(owner, seen.epoch), managers: [], abandoned: [...abandoned, seen.clusterId] };
  const when = [
    equal("nonce", nonce),
    phaseIs("forming"),
    equal("epoch", seen.epoch),
    equal("clusterId", seen.clusterId),
    equal("writeId", seen.writeId),
  ];
  const cluster = { key: recordKey.cluster, set, remove: ["clusterId", "tokenIndex", "summary", "promoting"], when };
  // What they were members of is gone, and no proof of a swarm any more.
  const dead = seen.dead.map(({ slot, nodeId }) => ({
    key: recordKey.slot(slot),
    set: {},
    remove: ["nodeId"],
    when: [equal("nodeId", nodeId)],
  }));
  return { updates: [cluster, ...dead] };
}

/** Hands the cluster back to its agents after it was started again from one manager (P13). */
export function publishRecovery(
  nonce: string,
  membership: Membership,
  survivor: ManagerAddress,
  { token, version }: WorkerToken,
): Change {
  const { clusterId, generation } = membership;
  const set = { phase: "ready", managers: [{ ...survivor }], tokenIndex: version };
  const when = [
    equal("nonce", nonce),
    phaseIs("recovering"),
    equal("clusterId", clusterId),
    equal("generation", generation),
  ];
  const tokenRecord = { token, clusterId, generation, tokenIndex: version };
  return {
    updates: [
      { key: recordKey.cluster, set, remove: ["recovery", "promoting"], when },
      { key: recordKey.workerToken, set: tokenRecord, when: [] },
    ],
    confirmedBy: [phaseIs("ready"), equal("clusterId", clusterId), equal("generation", generation)],
  };
}

/** Asks for another instance in a slot, unless the slot has another one or is being retired already. */
export function retireSlot(action: Omit<ActionOf<"retire-slot">, "kind" | "reason" | "expiresAt">): Change {
  const { slot, instanceId, why } = action;
  const set = { retire: "replace", retireReason: why };
  return {
    updates: [{ key: recordKey.slot(slot), set, when: [equal("instanceId", instanceId), absent("retire")] }],
    checks: [{ key: recordKey.cluster, when: isMember(action) }],
  };
}

export function declareReady({ clusterId, generation }: Membership): Change {
  const when = [phaseIs("forming"), equal("clusterId", clusterId), equal("generation", generation)];
  return {
    ...single(recordKey.cluster, { phase: "ready" }, when),
    confirmedBy: [phaseIs("ready"), equal("clusterId", clusterId), equal("generation", generation)],
  };
}

/** A newer token of the same cluster; an older one never replaces it (P4). */
export function publishToken(membership: Membership, { token, version }: WorkerToken): Change {
  const { clusterId, generation } = membership;
  const older: Condition = { field: "tokenIndex", is: "below", value: version };
  const same = [equal("clusterId", clusterId), equal("generation", generation), older];
  return {
    updates: [
      { key: recordKey.cluster, set: { tokenIndex: version }, when: [...isMember(membership), older] },
      { key: recordKey.workerToken, set: { token, tokenIndex: version }, when: same },
    ],
  };
}

/** The members, and who is about to be one; the record must be the one that was read, or somebody may be lost from it. */
export function announce(
  membership: Membership,
  managers: readonly ManagerAddress[],
  promoting: ManagerAddress,
  writeId: string,
): Change {
  const set = { managers: managers.map((manager) => ({ ...manager })), promoting: { ...promoting } };
  return single(recordKey.cluster, set, [...isMember(membership), equal("writeId", writeId)]);
}

/** That an instance leads the cluster, as a sign of life beside its report. */
export function leadSign(
  { since, ...membership }: Membership & { readonly since: string },
  instanceId: string,
  at: string,
): RecordUpdate {
  return { key: recordKey.cluster, set: { lead: { instanceId, since, at } }, when: isMember(membership) };
}

/** The leader's view, in the place of the one that was read: a late one never hides what was written since. */
export function publishView(
  { managers, promoting, writeId, ...membership }: Omit<ActionOf<"publish-view">, "kind" | "reason" | "expiresAt">,
  summary: ClusterSummary,
): Change {
  const { members, counted, waiting, removed, faults, updatedAt } = summary;
  const set = {
    managers: managers.map((manager) => ({ ...manager })),
    summary: {
      members: members.map((member) => ({ ...member })),
      counted: counted?.map((count) => ({ ...count })),
      waiting,
      removed: removed && [...removed],
      faults: [...faults],
      updatedAt,
    },
    ...(promoting === undefined ? {} : { promoting: { ...promoting } }),
  };
  const remove = promoting === undefined ? ["promoting"] : undefined;
  const when = [...isMember(membership), equal("writeId", writeId)];
  return { updates: [{ key: recordKey.cluster, set, remove, when }] };
}

/** A tombstone; `removed` is never taken back. */
export function tombstone(
  nodeId: string,
  { clusterId }: Membership,
  state: "removing" | "removed",
  updatedAt: string,
): Change {
  const notRemoved: Condition = { any: [absent("state"), equal("state", "removing")] };
  const update = single(recordKey.removing(nodeId), { nodeId, clusterId, state, updatedAt }, [notRemoved]);
  return { ...update, confirmedBy: [equal("state", "removed"), equal("clusterId", clusterId)] };
}

/**
 * Takes a free slot, or that of an instance that is dead; what was asked of that instance goes with it. One that was
 * retired for good has a successor only where a later deploy wants the slot again.
 */
export function takeSlot(
  { slot, from, predecessorNodeId }: Omit<ActionOf<"take-slot">, "kind" | "reason" | "expiresAt">,
  self: Identity,
  updatedAt: string,
): Change {
  const { instanceId, address } = self;
  const key = recordKey.slot(slot);
  const set = { slot, instanceId, address, state: "booting", updatedAt, predecessorNodeId };
  if (from === undefined) return { updates: [{ key, set, when: [absent("instanceId")] }] };
  const remove = ["nodeId", "step", "error", "retire", "retireReason"];
  return { updates: [{ key, set, remove, when: [equal("instanceId", from)] }] };
}

function claimed(owner: string, epoch: number) {
  return { phase: "initializing", owner, epoch: epoch + 1, renewal: 0 };
}

function single(key: string, set: RecordUpdate["set"], when: readonly Condition[]): Change {
  return { updates: [{ key, set, when }] };
}
