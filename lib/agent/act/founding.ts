import type { ActionOf } from "../model";
import * as changes from "../registry/changes";
import { ownRecord } from "../registry/own-record";
import { type ActContext, commitChange, DONE, isLate, type Result, refused } from "./context";
import { storeUnlockKey } from "./locking";

/** `swarm init`, with the claim read again right before it and the marker on disk before that (P3). */
export async function init(context: ActContext, action: ActionOf<"init">): Promise<Result> {
  const { registry, settings, self, store, docker } = context;
  const { nonce } = settings;
  await store.save({ founder: { nonce, instanceId: self.instanceId, epoch: action.epoch }, member: undefined });
  const record = ownRecord(await registry.cluster(), nonce);
  const isOwner = record?.phase === "initializing" && record.owner === self.instanceId && record.epoch === action.epoch;
  if (!isOwner || isLate(context, action)) {
    // The marker is to prove that dockerd may hold an unpublished swarm, and it does not.
    await store.save({ founder: undefined });
    return isOwner ? { result: "expired" } : refused("the claim was lost");
  }
  await docker.init({ address: self.address, autolock: settings.unlockKeySecret !== undefined, ...settings.swarm });
  return DONE;
}

/** Carries an unpublished founding over to the claim this node holds now. */
export async function adopt({ settings, self, store }: ActContext, action: ActionOf<"adopt">): Promise<Result> {
  await store.save({ founder: { nonce: settings.nonce, instanceId: self.instanceId, epoch: action.epoch } });
  return DONE;
}

/** Hands the swarm to the others: from now on it can be joined. */
export async function publish(context: ActContext, action: ActionOf<"publish">): Promise<Result> {
  const { docker, registry, settings, self } = context;
  const token = await docker.workerToken();
  if (token.clusterId !== action.clusterId) return refused("dockerd is in another swarm by now");
  // A swarm whose key were lost with this node must not be joined.
  await storeUnlockKey(context);
  const record = await registry.cluster();
  if (record === undefined) return refused("the cluster record is gone");
  const { clusterId, nodeId, epoch } = action;
  const membership = { clusterId, generation: record.generation };
  const founder = { slot: settings.slot ?? 0, address: self.address, nodeId };
  return commitChange(
    context,
    changes.publish({ nonce: settings.nonce, owner: self.instanceId, epoch }, membership, founder, token),
  );
}

/** Starts anew after the forming cluster died; what it abandons, no one joins again. */
export async function abandon(context: ActContext, action: ActionOf<"abandon">): Promise<Result> {
  const { registry, settings, self } = context;
  const record = await registry.cluster();
  if (record?.writeId !== action.writeId) return refused("the cluster record was written meanwhile");
  return commitChange(context, changes.abandon(settings.nonce, self.instanceId, action, record.abandoned));
}
