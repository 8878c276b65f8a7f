import { keyOfDisk } from "../disk-key";
import type { ActionOf, Membership } from "../model";
import * as changes from "../registry/changes";
import { recoveryOf } from "../survivor";
import { type ActContext, commitChange, DONE, isLate, type Result, refused } from "./context";

/**
 * Has the guard take the lock off this manager's disk: dockerd starts no new swarm from a locked one, and unlocks none
 * without a quorum. It is down meanwhile, by systemd's hand, which goes on whatever becomes of the agent.
 */
export async function openDisk(context: ActContext, action: ActionOf<"open-disk">): Promise<Result> {
  const { dockerService, diskLock, settings, unlockKeys } = context;
  if (!(await isAskedFor(context, action))) return refused("the recovery was called off");
  if (unlockKeys === undefined) return refused("this cluster keeps no unlock key");
  if ((await diskLock.isOn()) && (await keyOfDisk(unlockKeys, diskLock)) === undefined) {
    const cure = "who has the key stores it there: aws secretsmanager put-secret-value --secret-string file://…";
    return refused(`${settings.unlockKeySecret} holds no key that opens this manager's disk; ${cure}`);
  }
  if (isLate(context, action)) return { result: "expired" };
  await dockerService.restart();
  if (!(await diskLock.isOn())) return DONE;
  return { result: "failed", detail: "the disk is still locked: see journalctl -u swarm-node-prepare" };
}

/** Starts the swarm again from this manager, if an operator still asks just for that; the marker says it was done. */
export async function forceNewCluster(context: ActContext, action: ActionOf<"force-new-cluster">): Promise<Result> {
  const { docker, settings, self, store, diskLock } = context;
  const { clusterId, generation } = action;
  if (!(await isAskedFor(context, action))) return refused("the recovery was called off");
  // dockerd would end the node it runs, and start no other one.
  if (await diskLock.isOn()) return refused("the disk is locked again");
  if (isLate(context, action)) return { result: "expired" };
  // Without a word of the lock, dockerd takes it off for good.
  const autolock = settings.unlockKeySecret !== undefined;
  await docker.forceNewCluster({ address: self.address, autolock, ...settings.swarm });
  const { nodeId } = await docker.status();
  const member = { nonce: settings.nonce, instanceId: self.instanceId, clusterId, generation, nodeId };
  await store.save({ member, founder: undefined });
  return DONE;
}

/** Hands the cluster back to its agents; tokens of the earlier generation are good no more. */
export async function publish(context: ActContext, action: ActionOf<"publish-recovery">): Promise<Result> {
  const { docker, settings, self } = context;
  const token = await docker.workerToken();
  if (token.clusterId !== action.clusterId) return refused("dockerd is in another swarm by now");
  const survivor = { slot: settings.slot ?? 0, address: self.address, nodeId: action.nodeId };
  return commitChange(context, changes.publishRecovery(settings.nonce, action, survivor, token));
}

async function isAskedFor(
  { registry, settings, self, store }: ActContext,
  { clusterId, generation }: Membership,
): Promise<boolean> {
  const recovery = recoveryOf(await registry.cluster(), settings, self, await store.markers());
  return recovery?.clusterId === clusterId && recovery.generation === generation;
}
