import { keyOfDisk } from "../disk-key";
import { errorText } from "../error-text";
import type { Log } from "../log";
import type { DiskLock, UnlockKeys } from "../ports";

/** What opening a disk needs. */
export interface DiskContext {
  readonly diskLock: DiskLock;
  /** Where the cluster's managers are locked. */
  readonly unlockKeys?: UnlockKeys;
  readonly log: Log;
}

/**
 * Takes the lock off the disk of the manager a swarm is recovered from, before dockerd starts. Where that fails dockerd
 * starts locked, and the agent has it tried again.
 */
export async function openDisk({ diskLock, unlockKeys, log }: DiskContext): Promise<void> {
  try {
    if (unlockKeys === undefined || !(await diskLock.isOn())) return;
    const key = await keyOfDisk(unlockKeys, diskLock);
    if (key === undefined) {
      log.warn("disk", { error: "the secret holds no key that opens it" });
      return;
    }
    await diskLock.takeOff(key);
    log.info("disk", { message: "its lock is off until the swarm has a leader again" });
  } catch (error) {
    log.warn("disk", { error: errorText(error) });
  }
}
