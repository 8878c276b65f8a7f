import type { ClusterRecord, MemberCount, MemberSummary, SlotRecord } from "../registry/records";

/** What a swarm must have to be Ready. */
export interface ExpectedSwarm {
  /** Number of manager slots. */
  readonly managers: number;
  readonly pools: readonly ExpectedPool[];
}

/** A worker pool and the number of workers it must have. */
export interface ExpectedPool {
  readonly name: string;
  readonly desired: number;
}

/** What the registry says at one moment. */
export interface ObservedSwarm {
  /** The cluster record, once it is there. */
  readonly cluster?: ClusterRecord;
  /** The slot records that are there, in any order. */
  readonly slots: readonly SlotRecord[];
  /**
   * Slots whose instance has reported since somebody began to look.
   * @default - none
   */
  readonly heard?: readonly number[];
  /** Why the registry could not be read; the rest is then of the last time it could. */
  readonly problem?: string;
}

/** One thing that is waited for: the swarm as a whole, a manager slot, a worker pool. */
export interface ReadinessLine {
  /** `swarm`, `slot 0`, `pool general`. */
  readonly subject: string;
  readonly ready: boolean;
  /** What is there, or what is waited for. */
  readonly text: string;
}

/** Whether a swarm is Ready, and if not, what is missing. */
export interface ReadinessReport {
  readonly ready: boolean;
  /** The swarm, then each slot, then each pool; always the same subjects in the same order. */
  readonly lines: readonly ReadinessLine[];
  /** `subject: text` of every line that is not ready. */
  readonly reasons: readonly string[];
}

/**
 * Judges what was observed: Ready means phase `ready` and one leader, a Ready and reachable manager in every slot that
 * does not itself report trouble, and in every pool at least as many Ready workers as desired.
 */
export function assess(expected: ExpectedSwarm, observed: ObservedSwarm): ReadinessReport {
  const slots = Array.from({ length: expected.managers }, (_, slot) => assessSlot(slot, observed));
  const pools = expected.pools.map((pool) => assessPool(pool, observed));
  const managersReady = slots.filter((line) => line.ready).length;
  const lines = [
    assessSwarm(observed, `${managersReady} of ${expected.managers} managers reachable`),
    ...slots,
    ...pools,
  ];
  const missing = lines.filter((line) => !line.ready);
  return {
    ready: missing.length === 0,
    lines,
    reasons: missing.map((line) => `${line.subject}: ${line.text}`),
  };
}

function assessSwarm({ cluster, problem }: ObservedSwarm, managers: string): ReadinessLine {
  const line = (text: string, ready = false): ReadinessLine => ({ subject: "swarm", ready, text });
  if (problem !== undefined) return line(problem);
  switch (cluster?.phase) {
    case undefined:
      return line("waiting for the registry's cluster record, which Terraform writes");
    case "unclaimed":
      return line("waiting for a manager to claim the cluster");
    case "initializing":
      return line(`being initialised${cluster?.owner === undefined ? "" : ` by ${cluster.owner}`}`);
    case "ready": {
      const leaders = membersOf(cluster).filter((member) => member.leader === true);
      if (leaders.length === 1) return line(`has a leader, ${memberName(leaders[0])}`, true);
      return line(leaders.length === 0 ? "waiting for a leader" : `${leaders.length} nodes are reported as leader`);
    }
    default:
      return line(`${cluster?.phase}, ${managers}`);
  }
}

/** Judges a manager slot; one that was retired is not missed. */
export function assessSlot(slot: number, { cluster, slots, heard = [] }: ObservedSwarm): ReadinessLine {
  const subject = `slot ${slot}`;
  const record = slots.find((each) => each.slot === slot);
  // A slot whose instance was replaced can have two members for a while; the one that holds the slot counts.
  const members = membersOf(cluster).filter((member) => member.slot === slot && holdsSlot(member, record));
  const manager = members.find(isReadyManager);
  if (manager !== undefined && isTroubled(record)) return { subject, ready: false, text: reportedState(record) };
  if (manager !== undefined) {
    return {
      subject,
      ready: true,
      text: `Ready, ${manager.leader === true ? "leader" : "reachable"}, ${manager.address}`,
    };
  }
  if (record?.retire === "remove") return { subject, ...retiredSlot(members, heard.includes(slot)) };
  const member = members.find((each) => each.role === "manager") ?? members[0];
  if (member?.role === "manager") {
    const text = `${member.state}, ${member.reachability ?? "reachability unknown"}, ${member.address}`;
    return { subject, ready: false, text: withError(text, record) };
  }
  if (member !== undefined) {
    return { subject, ready: false, text: withError("joined as a worker, waiting to be promoted", record) };
  }
  return {
    subject,
    ready: false,
    text: record === undefined ? "nothing heard of its instance yet" : reportedState(record),
  };
}

/**
 * A slot whose instance was retired is not missed while that instance lives. When a later deploy makes its group anew,
 * the record is still that of the retired instance, until the new one takes the slot.
 */
function retiredSlot(members: readonly MemberSummary[], lives: boolean): Omit<ReadinessLine, "subject"> {
  if (members.length > 0) return { ready: true, text: "being retired, as an operator asked" };
  if (lives) return { ready: true, text: "retired, out of the swarm, as an operator asked" };
  return { ready: false, text: "was retired; waiting to hear from its instance or its replacement" };
}

function assessPool({ name, desired }: ExpectedPool, { cluster }: ObservedSwarm): ReadinessLine {
  const members = membersOf(cluster).filter((member) => member.role === "worker" && member.pool === name);
  const counted = (cluster?.summary?.counted ?? []).filter((each) => each.pool === name);
  const others = counted.filter((each) => each.state !== "ready");
  const countedReady = counted.filter((each) => each.state === "ready");
  const ready = members.filter((member) => member.state === "ready").length + total(countedReady);
  const subject = `pool ${name}`;
  const count = `${ready} of ${desired} workers Ready`;
  if (ready >= desired) return { subject, ready: true, text: count };
  const notReady = members
    .filter((member) => member.state !== "ready")
    .map((member) => `${member.address} is ${member.state}`)
    .concat(others.map((each) => `${each.count} are ${each.state}`));
  const absent = Math.max(0, desired - members.length - total(counted));
  if (absent > 0)
    notReady.push(cluster?.phase === "ready" ? `${absent} not joined yet` : "they join once the managers are ready");
  return { subject, ready: false, text: `${count} (${notReady.join(", ")})` };
}

/** Nodes of a large swarm that its leader only counted. */
function total(counted: readonly MemberCount[]): number {
  return counted.reduce((sum, { count }) => sum + count, 0);
}

/** What a node says of itself: `joining (waiting for the worker token): error`. */
export function reportedState(record: {
  readonly state: string;
  readonly step?: string;
  readonly error?: string;
}): string {
  return withError(record.step ? `${record.state} (${record.step})` : record.state, record);
}

function withError(text: string, record: { readonly error?: string } | undefined): string {
  return record?.error ? `${text}: ${record.error}` : text;
}

function isReadyManager(member: MemberSummary): boolean {
  return member.role === "manager" && member.state === "ready" && member.reachability === "reachable";
}

/** Without a quorum nobody corrects what the last leader wrote; the managers' own records then tell. */
function isTroubled(record: SlotRecord | undefined): record is SlotRecord {
  if (record === undefined || record.state === "ready") return false;
  return record.state === "failed" || record.state === "leaving" || Boolean(record.error);
}

function holdsSlot(member: MemberSummary, record: SlotRecord | undefined): boolean {
  return record === undefined || member.instanceId === undefined || member.instanceId === record.instanceId;
}

function membersOf(cluster: ClusterRecord | undefined): readonly MemberSummary[] {
  return cluster?.summary?.members ?? [];
}

function memberName(member: MemberSummary | undefined): string {
  return member?.slot === undefined ? (member?.address ?? "") : `manager-${member.slot}`;
}
