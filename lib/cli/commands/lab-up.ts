import { OperationError } from "../../errors";
import type { LabProgress, TimingProfile } from "../../lab";
import { labCommand } from "../../operator-commands";
import type { Action, CliContext } from "../context";
import { expectedSwarm, loadNamedEnvironment } from "../environments";
import { LabProgressView } from "../lab-progress-view";
import { labAccess } from "../registry-access";
import { waitUntilReady } from "./wait";

/** Options of `lab up`. */
export interface LabUpChoices {
  readonly timings?: TimingProfile;
  readonly seed?: number;
  readonly discard?: boolean;
}

/** `cdktf-swarm lab up [ENV]`: starts the lab, deploys the environment to it, and shows the swarm once it is Ready. */
export function labUp(environment: string, { timings, seed, discard }: LabUpChoices): Action {
  return async (context) => {
    const config = await loadNamedEnvironment(environment, context.cwd);
    const { cluster, region, readiness } = config;
    const view = new LabProgressView(context.output, environment);
    const lab = await context.lab();
    const options = { environment, timings, seed, discard, projectDirectory: context.cwd };
    const onProgress = (progress: LabProgress): void => view.update(progress);
    const up = lab.labUp({ ...options, onProgress }).catch(async (error) => {
      if (!(error instanceof OperationError) || error.code !== "SwarmStillRuns") throw error;
      if (!(await context.confirm(`${error.message.split("; to remove")[0]}. Remove them and begin anew?`)))
        throw error;
      return lab.labUp({ ...options, discard: true, onProgress });
    });
    const { hosts, phases } = await untilInterrupted(up, context);
    context.output.note(phases.map(({ phase, seconds }) => `${phase} ${seconds.toFixed(1)} s`).join(", "), "quiet");

    const { clusterStatus, registryTableName } = await import("../../operations/index.js");
    const { location, place } = await labAccess(context, registryTableName(cluster), region);
    const reader = await context.connect(location);
    // A deploy without changes does not wait, but hosts that were started again need a moment.
    await waitUntilReady(context, reader, expectedSwarm(config), {
      cluster,
      timeoutSeconds: readiness.timeoutSeconds,
      place,
    });
    const { formatStatus } = await import("../tables.js");
    const names = new Map(hosts.map((host) => [host.instanceId, host.name]));
    const ports = {
      reader,
      instances: await context.connectInstances(location),
      sizes: await context.connectGroupSizes(location),
    };
    const status = await clusterStatus(
      ports,
      { environment, cluster, region },
      { place, names, signal: context.signal },
    );
    context.output.result(`\n${formatStatus(status)}`);
    context.output.note(
      `${Math.round(view.elapsedSeconds())} s in all; try: ${labCommand.exec("manager-0", "docker node ls")}`,
    );
    return 0;
  };
}

/** The lab cannot be stopped half-way from here; its `down` cleans up whatever there is. */
async function untilInterrupted<T>(work: Promise<T>, { signal }: CliContext): Promise<T> {
  const interruption = new Promise<never>((_, reject) => {
    const stop = (): void =>
      reject(new OperationError("Interrupted", `interrupted; \`${labCommand.down}\` removes what was started`));
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
  return Promise.race([work, interruption]);
}
