import type { ActionKind } from "./model";

/** What the loop needs to know of a kind of action. */
export interface ActionTraits {
  /** dockerd can take minutes for it, so it runs beside the loop: claims must be renewed and states reported meanwhile. */
  readonly takesLong: boolean;
  /** Once it is done, the cluster record or the nodes' records are no longer what was read, and are read again. */
  readonly outdatesRecords: boolean;
  /** It happens again and again and tells nobody anything, so the log has only its failures. */
  readonly isRoutine: boolean;
}

const SHORT: ActionTraits = { takesLong: false, outdatesRecords: false, isRoutine: false };
const LONG: ActionTraits = { ...SHORT, takesLong: true };
const RECORD: ActionTraits = { ...SHORT, outdatesRecords: true };

/** Every kind of action there is: a new one does not compile until it is here. */
export const ACTIONS = {
  "take-slot": SHORT,
  claim: RECORD,
  steal: RECORD,
  renew: { ...RECORD, isRoutine: true },
  release: RECORD,
  init: LONG,
  adopt: SHORT,
  publish: RECORD,
  abandon: RECORD,
  "open-disk": LONG,
  "force-new-cluster": LONG,
  "publish-recovery": RECORD,
  "declare-ready": RECORD,
  join: LONG,
  "mark-member": SHORT,
  leave: LONG,
  promote: RECORD,
  label: SHORT,
  drain: SHORT,
  bury: RECORD,
  demote: SHORT,
  remove: RECORD,
  disown: RECORD,
  "prove-writes": SHORT,
  "restart-engine": LONG,
  "retire-slot": RECORD,
  replace: SHORT,
  unlock: LONG,
  "keep-unlock-key": SHORT,
  "publish-token": RECORD,
  // What the leader's view holds is in the decisions.
  "publish-view": { ...RECORD, isRoutine: true },
  "complete-hook": SHORT,
  "extend-hook": SHORT,
  report: { ...SHORT, isRoutine: true },
} as const satisfies Record<ActionKind, ActionTraits>;
