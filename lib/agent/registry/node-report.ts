import type { NodeSettings } from "../../registry/node-settings";
import { recordKey } from "../../registry/records";
import type { ReportContent } from "../model";
import type { Identity, RecordUpdate } from "../ports";
import { AGENT_VERSION } from "../version";

/** A node's own record: what it is, how far it is, and what it asks of the leader. */
export function reportNode(
  settings: NodeSettings,
  self: Identity,
  { report, nodeId, isOut, drainRequested }: ReportContent,
  updatedAt: string,
): RecordUpdate {
  const { state, step, error } = report;
  const set = {
    instanceId: self.instanceId,
    role: settings.role,
    slot: settings.slot,
    pool: settings.pool,
    availabilityZone: self.availabilityZone,
    address: self.address,
    labels: settings.labels,
    agentVersion: AGENT_VERSION,
    state,
    step,
    error,
    nodeId,
    drainRequested: drainRequested ? true : undefined,
    updatedAt,
  };
  const remove = [
    ...(error === undefined ? ["error"] : []),
    // One that left because its instance terminates keeps its name: by it the leader finds whose node is dead.
    ...(nodeId === undefined && isOut && !drainRequested ? ["nodeId"] : []),
    ...(drainRequested ? [] : ["drainRequested"]),
  ];
  return { key: recordKey.node(settings.roleUniqueId, self.instanceId), set, remove, when: [] };
}

/** What a slot's instance says of itself, as long as the slot is its own. */
export function reportSlot(
  slot: number,
  self: Identity,
  { report, nodeId, isOut }: ReportContent,
  updatedAt: string,
): RecordUpdate {
  const { state, step, error } = report;
  const { instanceId, address } = self;
  const set = { slot, instanceId, address, nodeId, state, step, error, updatedAt };
  const remove = [...(error === undefined ? ["error"] : []), ...(nodeId === undefined && isOut ? ["nodeId"] : [])];
  return { key: recordKey.slot(slot), set, remove, when: [{ field: "instanceId", is: "equal", value: instanceId }] };
}
