import type { ProvenRecovery, RecoveryOutcome, RecoveryWait } from "../../operations";
import { type ClusterTarget, operatorCommand } from "../../operator-commands";
import { type ClusterOptions, chooseCluster } from "../cluster-choice";
import type { Action, CliContext, ExitCode } from "../context";
import { ReadinessView } from "../readiness-view";
import { clusterAccess } from "../registry-access";

/** Options of `recover`. */
export interface RecoverOptions extends ClusterOptions {
  readonly json?: boolean;
  /** Slot of the survivor. */
  readonly slot?: number;
  /** Do it, not only prove that it may be done. */
  readonly yes?: boolean;
  /** Seconds. */
  readonly timeout: number;
}

/**
 * `cdktf-swarm recover ENV`: says how a swarm without quorum stands, and who could carry it on; with a slot, proves that
 * its manager may start the swarm again alone; and with `--yes` has it do so.
 */
export function recover(environment: string | undefined, options: RecoverOptions): Action {
  return async (context) => {
    const { target } = await chooseCluster(context, environment, options);
    const { location, place } = await clusterAccess(context, target, options);
    const operations = await import("../../operations/index.js");
    const deadline = new operations.Deadline({ timeoutSeconds: options.timeout, signal: context.signal });
    const reader = await context.connect(location);
    const ports = { reader, instances: await context.connectInstances(location) };
    if (options.slot === undefined) {
      const survey = await operations.surveyRecovery(ports, target, deadline);
      if (options.json === true) context.output.json(survey);
      else {
        const { formatRecoverySurvey } = await import("../recovery-pages.js");
        context.output.result(formatRecoverySurvey(survey, target, place, Date.now()));
      }
      // Nothing is recovered yet, whatever runs this must not take it for done.
      return 1;
    }
    const writer = await context.connectWriter(location);
    const proven = await operations.proveRecovery({ ...ports, writer }, target, options.slot, deadline);
    if (options.yes !== true && !proven.askedBefore) return sayProven(context, target, proven, options);
    await proven.begin();
    const view = new ReadinessView(context.output);
    const onUpdate: RecoveryWait["onUpdate"] = (report, elapsed) => view.update(report, elapsed);
    const outcome = await operations.waitForRecovery(reader, proven, { cluster: target.cluster, onUpdate }, deadline);
    if (options.json === true) context.output.json(outcome);
    else context.output.result(describe(target, outcome));
    return 0;
  };
}

/** Everything is proven, and nothing done. */
function sayProven(
  { output }: CliContext,
  target: ClusterTarget,
  { survivor, others, generation }: ProvenRecovery,
  { json }: RecoverOptions,
): ExitCode {
  if (json === true) {
    output.json({ survivor, others, generation });
    return 1;
  }
  output.result(
    [
      `proven: ${survivor.name} (${survivor.instanceId}) runs, and of the others none does:`,
      ...others.map(({ name, instanceId, instanceState }) => `- ${name}: ${instanceId} is ${instanceState}`),
      `the swarm starts again from ${survivor.name} alone, as generation ${generation}, with what is in its Raft log;`,
      "what only the others had seen is lost, and they cannot come back: they are replaced.",
      `to do it: ${operatorCommand.recoverNow(target, survivor.slot ?? 0)}`,
    ].join("\n"),
  );
  return 1;
}

function describe(target: ClusterTarget, outcome: RecoveryOutcome): string {
  const { survivor, generation, elapsedSeconds, toReplace, replacedByLeader } = outcome;
  const next = [
    ...toReplace.map((slot) => operatorCommand.replace(target, slot)),
    ...(replacedByLeader.length === 0
      ? []
      : [`nothing for slot ${replacedByLeader.join(", ")}: the leader has dead instances replaced`]),
    operatorCommand.status(target),
  ];
  const seconds = Math.round(elapsedSeconds);
  const head = `the swarm is ready again after ${seconds} s, led by ${survivor.name} alone, generation ${generation}`;
  return `${head}\nnext: ${next.join("\n      ")}`;
}
