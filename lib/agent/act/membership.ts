import type { ActionOf, SlotHolder } from "../model";
import * as changes from "../registry/changes";
import {
  type ActContext,
  clusterStillIs,
  commitChange,
  DONE,
  isLate,
  type Result,
  refused,
  timestamp,
} from "./context";
import { proveQuorum } from "./quorum";

/** Joins as a worker, with the token as it is now: it is read here and goes nowhere but into dockerd's request. */
export async function join(context: ActContext, action: ActionOf<"join">): Promise<Result> {
  const { registry, docker, settings, self, store } = context;
  const { clusterId, generation, manager } = action;
  if ((await clusterStillIs(context, action)) === undefined) return refused("the cluster changed");
  const token = await registry.workerToken();
  if (token === undefined || token.clusterId !== clusterId || token.generation !== generation) {
    return refused("the stored token is of another cluster");
  }
  const member = { nonce: settings.nonce, instanceId: self.instanceId, clusterId, generation };
  await store.save({ member, founder: undefined });
  if (isLate(context, action)) return { result: "expired" };
  await docker.join({ address: self.address, manager, token: token.token });
  return DONE;
}

export async function markMember(context: ActContext, action: ActionOf<"mark-member">): Promise<Result> {
  const { settings, self, store } = context;
  const { clusterId, generation, nodeId } = action;
  const member = { nonce: settings.nonce, instanceId: self.instanceId, clusterId, generation, nodeId };
  await store.save({ member, founder: undefined });
  return DONE;
}

/** Leaves, if the ground for it is there still. */
export async function leave(context: ActContext, action: ActionOf<"leave">): Promise<Result> {
  if (!(await isGrounded(context, action))) return refused(`no longer ${action.ground}`);
  if (isLate(context, action)) return { result: "expired" };
  await context.docker.leave();
  await context.store.save({ member: undefined, founder: undefined });
  return DONE;
}

async function isGrounded(context: ActContext, { ground, clusterId, nodeId }: ActionOf<"leave">): Promise<boolean> {
  const { registry, store, settings } = context;
  switch (ground) {
    case "removed": {
      const tombstone = nodeId === undefined ? undefined : await registry.tombstone(nodeId);
      return tombstone?.state === "removed" && tombstone.clusterId === clusterId;
    }
    case "abandoned": {
      const record = await registry.cluster();
      return record?.nonce === settings.nonce && clusterId !== undefined && record.abandoned.includes(clusterId);
    }
    case "unpublished": {
      const record = await registry.cluster();
      const isPublished = record?.phase === "forming" || record?.phase === "ready";
      return isPublished && record.nonce === settings.nonce && record.clusterId !== clusterId;
    }
    case "no certificate":
      return !(await store.hasCertificate());
    case "terminating":
      return settings.role === "worker";
  }
}

/**
 * Promotes the node of a slot after a last look at the cluster and at who holds the slot. The record names it first: who
 * reads there that members died must not miss one (P5).
 */
export async function promote(context: ActContext, action: ActionOf<"promote">): Promise<Result> {
  const { registry, docker } = context;
  const record = await clusterStillIs(context, action);
  if (record === undefined) return refused("the cluster changed");
  const slot = await registry.slot(action.slot);
  if (slot?.instanceId !== action.instanceId || slot.nodeId !== action.nodeId) return refused("the slot changed hands");
  if (slot.retire !== undefined) return refused("the slot is being retired");
  await proveQuorum(context);
  const { address, nodeId, managers } = action;
  const candidate = { slot: action.slot, address, nodeId };
  const announced = await commitChange(context, changes.announce(action, managers, candidate, record.writeId));
  if (announced.result !== "done") return announced;
  if (isLate(context, action)) return { result: "expired" };
  await docker.updateNode(action.nodeId, action.version, { role: "manager", labels: action.labels });
  return DONE;
}

export async function drain(context: ActContext, action: ActionOf<"drain">): Promise<Result> {
  const obstacle = await obstacleTo(context, action);
  if (obstacle !== undefined) return refused(obstacle);
  if (isLate(context, action)) return { result: "expired" };
  await context.docker.updateNode(action.nodeId, action.version, { availability: "drain" });
  return DONE;
}

export async function demote(context: ActContext, action: ActionOf<"demote">): Promise<Result> {
  const obstacle = await obstacleTo(context, action);
  if (obstacle !== undefined) return refused(obstacle);
  await proveQuorum(context, action.nodeId);
  if (isLate(context, action)) return { result: "expired" };
  await context.docker.updateNode(action.nodeId, action.version, { role: "worker" });
  return DONE;
}

export async function bury(context: ActContext, action: ActionOf<"bury">): Promise<Result> {
  const obstacle = await obstacleTo(context, action);
  if (obstacle !== undefined) return refused(obstacle);
  return commitChange(context, changes.tombstone(action.nodeId, action, "removing", timestamp(context)));
}

/** Removes a node, then says so where the node itself can read it. Only one that is retired may still be up. */
export async function remove(context: ActContext, action: ActionOf<"remove">): Promise<Result> {
  const obstacle = await obstacleTo(context, action);
  if (obstacle !== undefined) return refused(obstacle);
  if (isLate(context, action)) return { result: "expired" };
  await context.docker.removeNode(action.nodeId, { version: action.version, force: action.retiring !== undefined });
  return commitChange(context, changes.tombstone(action.nodeId, action, "removed", timestamp(context)));
}

/**
 * Says that a node was removed, of which somebody else saw to it. What this manager lists after a majority has confirmed a
 * write of its own has all nodes that were ever admitted before.
 */
export async function disown(context: ActContext, action: ActionOf<"disown">): Promise<Result> {
  if ((await clusterStillIs(context, action)) === undefined) return refused("the cluster changed");
  await proveQuorum(context);
  const nodes = await context.docker.nodes();
  if (nodes.some(({ id }) => id === action.nodeId)) return refused("the swarm lists the node");
  if (isLate(context, action)) return { result: "expired" };
  return commitChange(context, changes.tombstone(action.nodeId, action, "removed", timestamp(context)));
}

/**
 * Has Auto Scaling put another instance in the place of one that is dead, or out of the swarm. A leader that has just lost
 * its majority does not know it yet, and replaces nothing (P19).
 */
export async function replace(context: ActContext, action: ActionOf<"replace">): Promise<Result> {
  if ((await clusterStillIs(context, action)) === undefined) return refused("the cluster changed");
  const slot = await context.registry.slot(action.slot);
  if ((slot?.instanceId === action.instanceId) !== action.isHolder) return refused("the slot changed hands");
  await proveQuorum(context);
  if (isLate(context, action)) return { result: "expired" };
  await context.slotGroups.replace(action.instanceId);
  return DONE;
}

/** What stands against a change of membership by now: another cluster, or a retirement that was called off. */
async function obstacleTo(
  context: ActContext,
  action: ActionOf<"drain" | "demote" | "bury" | "remove">,
): Promise<string | undefined> {
  if ((await clusterStillIs(context, action)) === undefined) return "the cluster changed";
  return action.retiring === undefined ? undefined : retirementObstacle(context, action.retiring);
}

async function retirementObstacle({ registry }: ActContext, holder: SlotHolder): Promise<string | undefined> {
  const slot = await registry.slot(holder.slot);
  if (slot?.instanceId !== holder.instanceId) return "the slot changed hands";
  return slot.retire === undefined ? "the retirement was called off" : undefined;
}
