import { errorText } from "../error-text";
import type { Action, ActionOf, Outcome } from "../model";
import * as changes from "../registry/changes";
import { reportNode, reportSlot } from "../registry/node-report";
import { type ActContext, commitChange, DONE, isLate, type Result, timestamp } from "./context";
import * as founding from "./founding";
import * as locking from "./locking";
import * as membership from "./membership";
import { proveQuorum } from "./quorum";
import * as recovery from "./recovery";

/** Does one action; never rejects. What comes too late is not done (P12). */
export async function perform(context: ActContext, action: Action): Promise<Outcome> {
  if (isLate(context, action)) return { action, result: "expired" };
  try {
    return { action, ...(await effectOf(context, action)) };
  } catch (error) {
    return { action, result: "failed", detail: errorText(error) };
  }
}

function effectOf(context: ActContext, action: Action): Promise<Result> {
  const { settings, self } = context;
  const { nonce } = settings;
  const owner = self.instanceId;
  switch (action.kind) {
    case "take-slot":
      return commitChange(context, changes.takeSlot(action, self, timestamp(context)));
    case "claim":
      return commitChange(context, changes.claim(nonce, owner, action.epoch));
    case "steal":
      return commitChange(context, changes.steal(nonce, owner, action.epoch, action.renewal));
    case "renew":
      return commitChange(context, changes.renew(nonce, owner, action.epoch, action.renewal));
    case "release":
      return commitChange(context, changes.release(nonce, owner, action.epoch));
    case "init":
      return founding.init(context, action);
    case "adopt":
      return founding.adopt(context, action);
    case "publish":
      return founding.publish(context, action);
    case "abandon":
      return founding.abandon(context, action);
    case "open-disk":
      return recovery.openDisk(context, action);
    case "force-new-cluster":
      return recovery.forceNewCluster(context, action);
    case "publish-recovery":
      return recovery.publish(context, action);
    case "retire-slot":
      return commitChange(context, changes.retireSlot(action));
    case "replace":
      return membership.replace(context, action);
    case "unlock":
      return locking.unlock(context);
    case "keep-unlock-key":
      return locking.keep(context, action);
    case "join":
      return membership.join(context, action);
    case "mark-member":
      return membership.markMember(context, action);
    case "leave":
      return membership.leave(context, action);
    case "promote":
      return membership.promote(context, action);
    case "drain":
      return membership.drain(context, action);
    case "demote":
      return membership.demote(context, action);
    case "bury":
      return membership.bury(context, action);
    case "remove":
      return membership.remove(context, action);
    case "disown":
      return membership.disown(context, action);
    case "prove-writes":
      return proveQuorum(context).then(() => DONE);
    case "restart-engine":
      return context.dockerService.restart().then(() => DONE);
    case "declare-ready":
      return declareReady(context, action);
    case "label":
      return label(context, action);
    case "publish-token":
      return publishToken(context, action);
    case "publish-view":
      return publishView(context, action);
    case "complete-hook":
      return completeHook(context, action);
    case "extend-hook":
      return context.hooks.extend(action.hook).then(() => DONE);
    case "report":
      return report(context, action);
  }
}

/** With the proof of quorum that P5 asks for. */
async function declareReady(context: ActContext, action: ActionOf<"declare-ready">): Promise<Result> {
  await proveQuorum(context);
  if (isLate(context, action)) return { result: "expired" };
  return commitChange(context, changes.declareReady(action));
}

async function label({ docker }: ActContext, { nodeId, version, labels }: ActionOf<"label">): Promise<Result> {
  await docker.updateNode(nodeId, version, { labels });
  return DONE;
}

async function publishToken(context: ActContext, action: ActionOf<"publish-token">): Promise<Result> {
  const token = await context.docker.workerToken();
  if (token.clusterId !== action.clusterId) return { result: "refused", detail: "dockerd is in another swarm by now" };
  return commitChange(context, changes.publishToken(action, token));
}

function publishView(context: ActContext, action: ActionOf<"publish-view">): Promise<Result> {
  const summary = { ...action.summary, updatedAt: timestamp(context) };
  return commitChange(context, changes.publishView(action, summary));
}

async function completeHook(context: ActContext, { hook, transition }: ActionOf<"complete-hook">): Promise<Result> {
  const answer = await context.hooks.complete(hook);
  if (answer === "no active action") return { result: "refused", detail: answer };
  if (transition === "launch") await context.store.save({ launch: { instanceId: context.self.instanceId } });
  return DONE;
}

/** The node's record, that of its slot and the leader's sign of life, in one request: what holds no more refuses all. */
function report(context: ActContext, action: ActionOf<"report">): Promise<Result> {
  const { settings, self } = context;
  const { slot, leading } = action;
  const now = timestamp(context);
  const node = reportNode(settings, self, action, now);
  const held = slot === undefined ? [] : [reportSlot(slot, self, action, now)];
  const lead = leading === undefined ? [] : [changes.leadSign(leading, self.instanceId, now)];
  return commitChange(context, { updates: [node, ...held, ...lead] });
}
