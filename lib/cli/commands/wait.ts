import type { ExpectedPool, ExpectedSwarm, LogPlace, ObservedSwarm, RegistryReader } from "../../operations";
import type { Action, CliContext } from "../context";
import { UsageError } from "../failure";
import { plural } from "../output";
import { ReadinessView } from "../readiness-view";
import { ambientAccess } from "../registry-access";

/** Options of `wait`. */
export interface WaitOptions {
  readonly table: string;
  readonly region: string;
  readonly managers: number;
  /** @default - none */
  readonly pool?: readonly ExpectedPool[];
  /** Seconds. */
  readonly timeout: number;
}

/** `cdktf-swarm wait`: returns when the swarm is Ready. What the readiness gate of a deployment runs. */
export function wait(options: WaitOptions): Action {
  return async (context) => {
    const { clusterOfTable } = await import("../../operations/index.js");
    const { location, place } = ambientAccess(context, options.table, options.region);
    const reader = await context.connect(location);
    const expected = { managers: options.managers, pools: options.pool ?? [] };
    const cluster = clusterOfTable(options.table);
    await waitUntilReady(context, reader, expected, { cluster, timeoutSeconds: options.timeout, place });
    return 0;
  };
}

/** Waits with a view of it on the screen, and sums up. */
export async function waitUntilReady(
  context: CliContext,
  reader: RegistryReader,
  expected: ExpectedSwarm,
  options: { readonly cluster: string; readonly timeoutSeconds: number; readonly place: LogPlace },
): Promise<void> {
  const { watchReadiness } = await import("../../operations/index.js");
  const view = new ReadinessView(context.output);
  const { observed, elapsedSeconds } = await watchReadiness(reader, expected, {
    ...options,
    signal: context.signal,
    onUpdate: (report, elapsed) => view.update(report, elapsed),
  });
  context.output.result(
    `swarm ${options.cluster} is Ready after ${Math.round(elapsedSeconds)} s: ${countNodes(observed)}`,
  );
}

/** `name=desired` as `--pool` takes it. */
export function parsePool(text: string): ExpectedPool {
  const match = /^([^=]+)=(\d+)$/.exec(text);
  if (match === null) throw new UsageError(`--pool ${text}: write NAME=COUNT, like general=2`);
  return { name: match[1] ?? "", desired: Number(match[2]) };
}

function countNodes(observed: ObservedSwarm): string {
  const ready = (observed.cluster?.summary?.members ?? []).filter((member) => member.state === "ready");
  const managers = ready.filter((member) => member.role === "manager");
  const leader = managers.find((member) => member.leader === true);
  const counted = (observed.cluster?.summary?.counted ?? []).filter((each) => each.state === "ready");
  const workers = ready.length - managers.length + counted.reduce((sum, { count }) => sum + count, 0);
  return `${plural(managers.length, "manager")} (leader ${leader?.address ?? "unknown"}), ${plural(workers, "worker")}`;
}
