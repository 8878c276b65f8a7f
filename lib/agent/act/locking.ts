import { DockerError } from "../docker/engine-client";
import type { ActionOf } from "../model";
import { type ActContext, clusterStillIs, DONE, isLate, type Result, refused } from "./context";

/** Unlocks this manager: by the key, or the one before, where it was down when the key was rotated. */
export async function unlock({ docker, unlockKeys }: ActContext): Promise<Result> {
  if (unlockKeys === undefined) return refused("this cluster keeps no unlock key");
  for (const which of ["current", "previous"] as const) {
    const key = await unlockKeys.read(which);
    if (key === undefined) break;
    try {
      await docker.unlock(key);
      return DONE;
    } catch (error) {
      if (!isWrongKey(error)) throw error;
    }
  }
  return refused("the secret holds no key that unlocks this manager");
}

export async function keep(context: ActContext, action: ActionOf<"keep-unlock-key">): Promise<Result> {
  if ((await clusterStillIs(context, action)) === undefined) return refused("the cluster is another by now");
  if (isLate(context, action)) return { result: "expired" };
  await storeUnlockKey(context);
  return DONE;
}

/** Stores the key of a swarm that is locked, unless it is stored already. */
export async function storeUnlockKey({ docker, unlockKeys }: ActContext): Promise<void> {
  if (unlockKeys === undefined) return;
  const key = await docker.unlockKey();
  if (key === undefined || key === (await unlockKeys.read("current"))) return;
  await unlockKeys.write(key);
}

/** dockerd: "swarm could not be unlocked: invalid key provided". */
function isWrongKey(error: unknown): boolean {
  return error instanceof DockerError && /invalid key/i.test(error.message);
}
