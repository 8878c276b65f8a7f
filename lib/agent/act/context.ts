import type { NodeSettings } from "../../registry/node-settings";
import type { ClusterRecord } from "../../registry/records";
import type { Action, Membership, Outcome } from "../model";
import type {
  Change,
  Clock,
  DiskLock,
  Docker,
  DockerService,
  Identity,
  LifecycleHooks,
  LocalStore,
  Registry,
  SlotGroups,
  UnlockKeys,
} from "../ports";
import { ownRecord } from "../registry/own-record";

/** The ports by which the agent acts. */
export interface Effects {
  readonly clock: Clock;
  readonly docker: Docker;
  readonly dockerService: DockerService;
  readonly diskLock: DiskLock;
  readonly registry: Registry;
  readonly hooks: LifecycleHooks;
  readonly slotGroups: SlotGroups;
  readonly store: LocalStore;
  /** Where the cluster's managers are locked. */
  readonly unlockKeys?: UnlockKeys;
}

/** All that an action needs. */
export interface ActContext extends Effects {
  readonly settings: NodeSettings;
  readonly self: Identity;
}

/** What an action came to, without the action. */
export type Result = Pick<Outcome, "result" | "detail">;

export const DONE: Result = { result: "done" };

export function refused(detail: string): Result {
  return { result: "refused", detail };
}

/** Makes a change of the registry; a refusal says which records stood against it. */
export async function commitChange({ registry }: Effects, change: Change): Promise<Result> {
  const result = await registry.change(change);
  return result.made ? DONE : refused(`refused by ${result.refusedBy.join(", ") || "its conditions"}`);
}

/** Time for a record. */
export function timestamp({ clock }: Effects): string {
  return new Date(clock.wallTime()).toISOString();
}

/** The cluster record read anew, if it still is the cluster that was decided about (P12). */
export async function clusterStillIs(
  { registry, settings }: ActContext,
  { clusterId, generation }: Membership,
): Promise<ClusterRecord | undefined> {
  // Newer agents may have taken over since.
  const record = ownRecord(await registry.cluster(), settings.nonce);
  const isSame = record?.clusterId === clusterId && record.generation === generation;
  return isSame && (record.phase === "forming" || record.phase === "ready") ? record : undefined;
}

/** Whether there is still time for an action after what was asked on its way. */
export function isLate({ clock }: Effects, { expiresAt }: Action): boolean {
  return clock.now() >= expiresAt;
}
