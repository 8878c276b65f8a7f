import type { ClusterRecord } from "../../registry/records";
import type { ActionOf, Membership } from "../model";
import { ownRecord } from "../own-record";
import * as changes from "../registry/changes";
import { type ActContext, DONE, isLate, make, type Result, refused } from "./context";

/** Starts the swarm again from this manager, if an operator still asks just for that; the marker says it was done. */
export async function forceNewCluster(context: ActContext, action: ActionOf<"force-new-cluster">): Promise<Result> {
  const { docker, settings, self, store } = context;
  const { clusterId, generation } = action;
  if (!isAskedFor(context, await context.registry.cluster(), action)) return refused("the recovery was called off");
  if (isLate(context, action)) return { result: "expired" };
  await docker.forceNewCluster({ address: self.address });
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
  return make(context, changes.publishRecovery(settings.nonce, action, survivor, token));
}

function isAskedFor(
  { settings, self }: ActContext,
  found: ClusterRecord | undefined,
  { clusterId, generation }: Membership,
): boolean {
  const record = ownRecord(found, settings.nonce);
  return (
    record?.phase === "recovering" &&
    record.clusterId === clusterId &&
    record.generation === generation &&
    record.recovery?.instanceId === self.instanceId
  );
}
