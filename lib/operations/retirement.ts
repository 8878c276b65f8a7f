import { type ClusterTarget, operatorCommand } from "../operator-commands";
import { type Change, type Condition, equal } from "../registry/change";
import { majority } from "../registry/quorum";
import { type ClusterRecord, type Retirement, recordKey, SCHEMA_VERSION } from "../registry/records";
import { duration, type Looked, silence } from "./evidence";
import { isRetired, listed, type ManagerSlot, managerName, managerSlots } from "./manager-slots";
import { votes } from "./quorum";
import type { NodeRecords } from "./registry-reader";

/** What an operator wants of a manager slot: its instance out of the swarm, another one in its place, or neither. */
export type RetirementWish = Retirement | "cancel";

/** What a decision about a slot is made on. */
export interface RetirementSources {
  readonly target: ClusterTarget;
  readonly slot: number;
  readonly wish: RetirementWish;
  readonly cluster: ClusterRecord | undefined;
  readonly records: NodeRecords;
  /** When it was read, in milliseconds since 1970. */
  readonly now: number;
}

/** The write, or why there is none: it is refused, with every reason, or was asked for before. */
export type RetirementDecision =
  | { readonly kind: "write"; readonly change: Change }
  | { readonly kind: "already asked" }
  | { readonly kind: "refused"; readonly reasons: readonly string[] };

/** Whether a slot may be retired, replaced, or be kept after all; pure. */
export function decideRetirement(sources: RetirementSources): RetirementDecision {
  const { slot, wish, cluster, target } = sources;
  const slots = managerSlots(cluster, sources.records);
  const seen = slots.find((each) => each.slot === slot);
  const refused = (...reasons: readonly string[]): RetirementDecision => ({ kind: "refused", reasons });
  if (cluster === undefined) return refused("the registry has no cluster record: deploy again to seed it");
  const unready = whyNotReady(cluster, target);
  if (unready !== undefined) return refused(unready);
  if (seen?.record === undefined) {
    const known = slots.filter(({ record }) => record !== undefined).map((each) => String(each.slot));
    return refused(`slot ${slot} has no instance: this cluster has slots ${listed(known) || "none"}`);
  }
  if (seen.record.minWriter > SCHEMA_VERSION) {
    return refused(`the record of slot ${slot} is of a newer version: update cdktf-swarm`);
  }
  if (wish === "cancel") return isHalfOut(seen, cluster) ? refused(tooLate(seen, target)) : cancel(seen, cluster);
  if (seen.record.retire === wish) return { kind: "already asked" };
  const reasons = [
    ...otherRequests(seen, slots, target),
    ...(wish === "remove" ? againstRemoval(seen, slots, target) : []),
    ...againstQuorum(seen, slots, cluster, sources),
  ];
  return reasons.length > 0 ? refused(...reasons) : { kind: "write", change: request(seen, wish, slots, cluster) };
}

function whyNotReady(cluster: ClusterRecord, target: ClusterTarget): string | undefined {
  if (cluster.minWriter > SCHEMA_VERSION) return "the cluster record is of a newer version: update cdktf-swarm";
  if (cluster.phase === "ready") return undefined;
  return `the cluster is ${cluster.phase}, and managers are changed in a ready one only: see \`${operatorCommand.status(target)}\``;
}

/** One at a time: whatever is under way comes to its end first. */
function otherRequests(seen: ManagerSlot, slots: readonly ManagerSlot[], target: ClusterTarget): readonly string[] {
  return slots.flatMap((slot) => {
    const { retire, retireReason } = slot.record ?? {};
    if (retire === undefined || (slot.slot !== seen.slot && isRetired(slot))) return [];
    const doing = retire === "remove" ? "retired" : "replaced";
    const why = retireReason === undefined ? "" : ` (${retireReason})`;
    const cancel = operatorCommand.keep(target, slot.slot);
    return [`${managerName(slot.slot)} is being ${doing}${why}: wait for it, or take it back with \`${cancel}\``];
  });
}

/** Fewer slots means that the highest go: Terraform counts them from 0. */
function againstRemoval(seen: ManagerSlot, slots: readonly ManagerSlot[], target: ClusterTarget): readonly string[] {
  const staying = slots.filter((slot) => !isRetired(slot));
  const highest = staying.at(-1)?.slot ?? seen.slot;
  if (staying.length < 2) {
    return [`${managerName(seen.slot)} is the last manager, and the swarm would be lost with it`];
  }
  if (highest === seen.slot) return [];
  return [
    `slot ${seen.slot} is not the highest in the swarm, which is ${highest}, and fewer slots means that the highest go: ` +
      `\`${operatorCommand.retire(target, highest)}\` to have fewer managers, ` +
      `\`${operatorCommand.replace(target, seen.slot)}\` to have another instance in slot ${seen.slot}`,
  ];
}

/** Those that are left must have a majority that answers. */
function againstQuorum(
  seen: ManagerSlot,
  slots: readonly ManagerSlot[],
  cluster: ClusterRecord,
  looked: Looked,
): readonly string[] {
  const voters = (cluster.summary?.members ?? []).filter(votes);
  const left = voters.filter((member) => member.slot !== seen.slot);
  // One that is no member of Raft is not missed.
  if (left.length === voters.length) return [];
  if (left.length === 0) {
    return [
      `${managerName(seen.slot)} is the only manager of the swarm, which would be lost with it: deploy with three`,
    ];
  }
  const troubles = left.flatMap((member) => {
    const slot = slots.find((each) => each.slot === member.slot);
    const name = member.slot === undefined ? member.address : managerName(member.slot);
    if (member.reachability !== "reachable") return [`${name} is ${member.reachability ?? "unknown"}`];
    const silent = slot?.record?.instanceId === member.instanceId ? silence(slot ?? {}, looked) : undefined;
    return silent === undefined ? [] : [`${name} has not reported for ${duration(silent)}`];
  });
  const reachable = left.length - troubles.length;
  const needed = majority(left.length);
  if (reachable >= needed) return [];
  return [
    `quorum would not survive it: of the ${left.length} managers that are left ${needed} must be reachable, ` +
      `and ${reachable} are (${listed(troubles)}): mend these first`,
  ];
}

/** The request of an operator, if nobody else has asked for anything since. */
function request(seen: ManagerSlot, retire: Retirement, slots: readonly ManagerSlot[], cluster: ClusterRecord): Change {
  const others = slots.filter((slot) => slot.slot !== seen.slot && slot.record !== undefined);
  const isHeld = equal("instanceId", seen.record?.instanceId);
  return {
    updates: [
      {
        key: recordKey.slot(seen.slot),
        set: { retire, retireReason: "an operator asked for it" },
        when: [isHeld, unchanged(seen)],
      },
    ],
    checks: [
      { key: recordKey.cluster, when: isSameCluster(cluster) },
      ...others.map((slot) => ({ key: recordKey.slot(slot.slot), when: [unchanged(slot)] })),
    ],
    confirmedBy: [isHeld, equal("retire", retire)],
  };
}

/** Drained and demoted, and not removed yet: left like that it would be a worker that holds a slot, by an operator's hand. */
function isHalfOut({ record }: ManagerSlot, { summary }: ClusterRecord): boolean {
  const member = summary?.members.find(({ nodeId }) => nodeId === record?.nodeId);
  return record?.retire !== undefined && member?.role === "worker" && member.availability === "drain";
}

function tooLate({ slot }: ManagerSlot, target: ClusterTarget): string {
  return (
    `${managerName(slot)} is demoted already, and is removed in a moment: wait until it is out of the swarm ` +
    `(\`${operatorCommand.status(target)}\`), then take it back`
  );
}

function cancel(seen: ManagerSlot, cluster: ClusterRecord): RetirementDecision {
  if (seen.record?.retire === undefined) return { kind: "already asked" };
  const update = {
    key: recordKey.slot(seen.slot),
    set: {},
    remove: ["retire", "retireReason"],
    when: [equal("instanceId", seen.record.instanceId), unchanged(seen)],
  };
  const checks = [{ key: recordKey.cluster, when: isSameCluster(cluster) }];
  return { kind: "write", change: { updates: [update], checks, confirmedBy: [{ field: "retire", is: "absent" }] } };
}

/** Holds while nobody has asked for anything else of a slot. */
function unchanged({ record }: ManagerSlot): Condition {
  return equal("retire", record?.retire);
}

function isSameCluster({ phase, clusterId, generation }: ClusterRecord): readonly Condition[] {
  return [equal("phase", phase), equal("clusterId", clusterId), equal("generation", generation)];
}
