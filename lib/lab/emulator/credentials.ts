import { createHash } from "node:crypto";

/** Credentials of an instance's role, as the metadata service gives them out. */
export interface RoleCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** Begins the access keys of instances, so that requests can be counted by caller. */
export const INSTANCE_KEY_PREFIX = "ASIALAB";

/** Begins the session tokens of instances; the rest is the instance's id. */
const SESSION_PREFIX = "lab-session-of-";

/**
 * Credentials of an instance: its own, and the same whenever it asks. They sign requests to the emulator, which checks
 * no signature; they open nothing anywhere else.
 */
export function instanceCredentials(instanceId: string): RoleCredentials {
  const digest = createHash("sha256").update(instanceId).digest();
  return {
    accessKeyId: `${INSTANCE_KEY_PREFIX}${digest
      .toString("hex")
      .toUpperCase()
      .slice(0, 20 - INSTANCE_KEY_PREFIX.length)}`,
    secretAccessKey: digest.toString("base64").slice(0, 40),
    sessionToken: `${SESSION_PREFIX}${instanceId}`,
  };
}

/** The instance that a session token was given to. */
export function instanceOfSession(sessionToken: string): string | undefined {
  return sessionToken.startsWith(SESSION_PREFIX) ? sessionToken.slice(SESSION_PREFIX.length) : undefined;
}
