import type { MemberSummary, NodeRecord } from "../registry/records";
import { agentLogHint, type LogPlace, silentPoolHint, silentSlotHint } from "./log-hints";
import { assess, type ExpectedSwarm, type ObservedSwarm, reportedState } from "./readiness";
import type { NodeRecords } from "./registry-reader";

/** What is known when the time to become Ready has run out. */
export interface TimeOut {
  readonly cluster: string;
  readonly elapsedSeconds: number;
  readonly expected: ExpectedSwarm;
  readonly observed: ObservedSwarm;
  /** What the nodes reported; undefined if that could not be read. */
  readonly records?: NodeRecords;
  readonly place: LogPlace;
}

/** What an operator needs to go on from a swarm that did not become Ready: every cause with the log to read. */
export function explainTimeOut(timeOut: TimeOut): string {
  const report = assess(timeOut.expected, timeOut.observed);
  const lines = [`swarm ${timeOut.cluster} is not Ready after ${Math.round(timeOut.elapsedSeconds)} s:`];
  for (const { subject, text } of report.lines.filter((line) => !line.ready)) {
    lines.push(`- ${subject}: ${text}`, ...detailsOf(subject, timeOut).map((detail) => `    ${detail}`));
  }
  lines.push(...(timeOut.observed.cluster?.summary?.faults ?? []).map((fault) => `- the leader reports: ${fault}`));
  return lines.join("\n");
}

function detailsOf(subject: string, timeOut: TimeOut): readonly string[] {
  const [kind, name = ""] = subject.split(" ");
  if (kind === "slot") return slotDetails(Number(name), timeOut);
  if (kind === "pool") return poolDetails(name, timeOut);
  return [];
}

function slotDetails(slot: number, { cluster, observed, records, place }: TimeOut): readonly string[] {
  const holder = [...(records?.slots ?? []), ...observed.slots].find((record) => record.slot === slot);
  const ofSlot = (records?.nodes ?? []).filter((record) => record.role === "manager" && record.slot === slot);
  const current = ofSlot.filter((record) => holder === undefined || record.instanceId === holder.instanceId);
  // A slot record alone still says which instance to look at.
  const found = current.length > 0 ? current : holder === undefined ? [] : [holder];
  if (found.length === 0) return [`see: ${silentSlotHint(place, cluster, slot)}`];
  return found.flatMap((record) => instanceDetails(record, `manager-${slot}`, place));
}

function poolDetails(pool: string, { cluster, expected, observed, records, place }: TimeOut): readonly string[] {
  const members = (observed.cluster?.summary?.members ?? []).filter((member) => member.pool === pool);
  const nodes = (records?.nodes ?? []).filter((record) => record.pool === pool && !isRemoved(record, records));
  // In a large swarm the leader only counts those that are as they should be.
  const isCounted = observed.cluster?.summary?.counted?.some((each) => each.pool === pool && each.state === "ready");
  const unready = nodes.filter((record) => {
    const member = memberOf(record, members);
    return member === undefined ? !(isCounted && record.state === "ready") : member.state !== "ready";
  });
  const details = unready.flatMap((record) => instanceDetails(record, undefined, place));
  const desired = expected.pools.find((each) => each.name === pool)?.desired ?? 0;
  if (records === undefined) details.push("what the workers reported could not be read");
  else if (nodes.length < desired) {
    const silent = desired - nodes.length;
    details.push(`nothing heard of ${silent} of ${desired} instances; see: ${silentPoolHint(place, cluster, pool)}`);
  }
  return details;
}

function instanceDetails(
  record: Pick<NodeRecord, "instanceId" | "address" | "state" | "updatedAt"> & { step?: string; error?: string },
  name: string | undefined,
  place: LogPlace,
): readonly string[] {
  return [
    `${record.instanceId} (${record.address}), at ${record.updatedAt}: ${reportedState(record)}`,
    `log: ${agentLogHint(place, { instanceId: record.instanceId, name })}`,
  ];
}

function memberOf(record: NodeRecord, members: readonly MemberSummary[]): MemberSummary | undefined {
  return members.find((member) => member.instanceId === record.instanceId || member.nodeId === record.nodeId);
}

function isRemoved(record: NodeRecord, records: NodeRecords | undefined): boolean {
  return (records?.tombstones ?? []).some(
    (tombstone) => tombstone.nodeId === record.nodeId && tombstone.state === "removed",
  );
}
