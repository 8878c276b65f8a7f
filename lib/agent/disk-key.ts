import type { DiskLock, UnlockKeys } from "./ports";

/** The key that opens this node's disk: the current one, or the one before, where it was down when that was rotated. */
export async function keyOfDisk(unlockKeys: UnlockKeys, diskLock: DiskLock): Promise<string | undefined> {
  for (const which of ["current", "previous"] as const) {
    const key = await unlockKeys.read(which);
    if (key === undefined) return undefined;
    if (await diskLock.opensWith(key)) return key;
  }
  return undefined;
}
