import type { InstanceStates } from "./instances";

/** An instance, and when it was last heard of. */
export interface Sighting {
  readonly instanceId?: string;
  /** Milliseconds since 1970. */
  readonly heardAt?: number;
}

/** When evidence was looked for, and what EC2 said. */
export interface Looked {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Undefined if EC2 was not asked, or did not answer. */
  readonly instances?: InstanceStates;
}

/** A manager writes its record every 54 s, at the tick after, within 57 s in all; one silent for longer has stopped. */
export const MANAGER_SILENT_AFTER = 58_000;

/** Any node reports at least once a minute; after three it has fallen silent. */
export const NODE_SILENT_AFTER = 180_000;

/** Why an instance that stopped being there cannot be at work, whatever the swarm's last leader wrote of it. */
export function goneBecause({ instanceId }: Sighting, { instances }: Looked): string | undefined {
  const state = instanceId === undefined ? undefined : instances?.get(instanceId);
  if (state === undefined || state === "running" || state === "pending") return undefined;
  return state === "missing" ? `its instance ${instanceId} is gone from EC2` : `its instance ${instanceId} is ${state}`;
}

/** For how long nothing was heard of an instance that ought to report, in milliseconds; undefined while it does. */
export function silence({ heardAt }: Sighting, { now }: Looked, limit = MANAGER_SILENT_AFTER): number | undefined {
  return heardAt !== undefined && now - heardAt > limit ? now - heardAt : undefined;
}

/** `75 s`, `12 min`. */
export function duration(milliseconds: number): string {
  return milliseconds < 120_000 ? `${Math.round(milliseconds / 1_000)} s` : `${Math.round(milliseconds / 60_000)} min`;
}
