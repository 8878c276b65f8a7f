import { type ClusterTarget, operatorCommand } from "../operator-commands";
import type { ClusterRecord } from "../registry/records";
import { isRetired, managerName, managerSlots } from "./manager-slots";
import type { NodeRecords } from "./registry-reader";
import type { NodeStatus } from "./status-nodes";

/** What goes on on purpose, in words. */
export function statusNotices(
  target: ClusterTarget,
  record: ClusterRecord | undefined,
  records: NodeRecords,
  nodes: readonly NodeStatus[],
): readonly string[] {
  const notices = managerSlots(record, records).flatMap((slot) => {
    const { retire, retireReason } = slot.record ?? {};
    const name = managerName(slot.slot);
    const isShown = nodes.some((node) => node.role === "manager" && node.slot === slot.slot);
    if (retire === undefined || !isShown) return [];
    if (isRetired(slot)) return [`${name} is retired: ${afterRetiring(target, slot.slot)}`];
    const why = retireReason === undefined ? "" : ` (${retireReason})`;
    return [`${name} is being ${retire === "remove" ? "retired" : "replaced"}${why}`];
  });
  const { recovery } = record ?? {};
  if (recovery === undefined) return notices;
  const { slot, instanceId, requestedAt } = recovery;
  return [
    `the swarm is being started again from ${managerName(slot)} (${instanceId}), asked for at ${requestedAt}`,
    ...notices,
  ];
}

/** What comes after a slot has been retired. */
function afterRetiring(target: ClusterTarget, slot: number): string {
  const cancel = operatorCommand.keep(target, slot);
  return `deploy with fewer slots to remove its instance, or take it back with \`${cancel}\``;
}
