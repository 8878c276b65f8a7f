import type { RetirementWish, RetireOutcome } from "../../operations";
import { type ClusterOptions, chooseCluster } from "../cluster-choice";
import type { Action } from "../context";
import { plural } from "../output";
import { ReadinessView } from "../readiness-view";
import { clusterAccess } from "../registry-access";

/** Options of `managers retire` and `managers replace`. */
export interface ManagersOptions extends ClusterOptions {
  readonly json?: boolean;
  /** Return only once it is done. */
  readonly wait: boolean;
  /** Seconds. */
  readonly timeout: number;
}

/** `cdktf-swarm managers retire|replace ENV SLOT`: asks the leader for it, and waits until it is done. */
export function changeManager(
  environment: string | undefined,
  slot: number,
  wish: RetirementWish,
  options: ManagersOptions,
): Action {
  return async (context) => {
    const { timeout, wait, json } = options;
    const { target } = await chooseCluster(context, environment, options);
    const { location } = await clusterAccess(context, target, options);
    const { retireManager } = await import("../../operations/index.js");
    const view = new ReadinessView(context.output);
    const outcome = await retireManager(await context.connect(location), await context.connectWriter(location), {
      ...target,
      slot,
      wish,
      wait,
      timeoutSeconds: timeout,
      signal: context.signal,
      onUpdate: (report, elapsed) => view.update(report, elapsed),
    });
    if (json === true) context.output.json(outcome);
    else context.output.result(describe(outcome));
    return 0;
  };
}

function describe(outcome: RetireOutcome): string {
  const { slot, wish, instanceId, holder, askedBefore, done, managers, elapsedSeconds, next } = outcome;
  const name = `manager-${slot} (${instanceId})`;
  const seconds = `after ${Math.round(elapsedSeconds)} s`;
  const steps = next.length === 0 ? "" : `\nnext: ${next.join("\n      ")}`;
  if (!done) return `${name} is to be ${PARTICIPLE[wish]}${askedBefore ? ", as was asked before" : ""}${steps}`;
  const left = `${plural(managers, "manager")} in the swarm`;
  if (wish === "replace") return `${name} is replaced by ${holder} ${seconds}: ${left}${steps}`;
  return `${name} is ${wish === "cancel" ? "kept, and Ready" : "out of the swarm"} ${seconds}: ${left}${steps}`;
}

const PARTICIPLE: Readonly<Record<RetirementWish, string>> = { remove: "retired", replace: "replaced", cancel: "kept" };
