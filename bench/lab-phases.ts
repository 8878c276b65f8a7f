import type { LabEvent } from "../lib/lab/state/events";

/** A line of the log of `cdktf deploy`. */
export interface LogLine {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly text: string;
}

/** The seconds of one `lab up`, split into phases that follow each other and add up to the whole. */
export interface LabPhases {
  /** Engine, image, emulated AWS. */
  readonly prepare: number;
  /** From the start of `cdktf deploy` to Terraform's first word. */
  readonly synth: number;
  /** Until the last instance is launched. */
  readonly deploy: number;
  /** Until the last host runs dockerd. */
  readonly boot: number;
  /** Until the readiness gate finds the swarm Ready. */
  readonly join: number;
  /** Until `lab up` is done. */
  readonly finish: number;
  readonly total: number;
}

/**
 * Splits the last `lab up` that was completed.
 * @param events what the lab recorded
 * @param log the log of its deploy
 */
export function splitByPhase(events: readonly LabEvent[], log: readonly LogLine[]): LabPhases {
  const end = events.findLastIndex(({ event }) => event === "up-done");
  const start = events.findLastIndex(({ event }, index) => event === "up-started" && index < end);
  if (start < 0) throw new Error("no completed lab up is recorded");
  const run = events.slice(start, end + 1);
  const [from, to] = [run[0]?.time ?? 0, run.at(-1)?.time ?? 0];
  const lines = log.filter(({ time }) => time >= from && time <= to);

  const last = (name: LabEvent["event"], detail?: string): number | undefined =>
    run.findLast(({ event, detail: of }) => event === name && (detail === undefined || of === detail))?.time;
  // A milestone that is missing took no time; one that another overtook has its time counted in that one.
  let reached = from;
  const next = (milestone: number | undefined): number => {
    const before = reached;
    reached = Math.max(reached, milestone ?? reached);
    return (reached - before) / 1_000;
  };
  return {
    prepare: next(last("phase-started", "deploy")),
    synth: next(lines.find(({ text }) => TERRAFORM_STARTS.test(text))?.time),
    deploy: next(last("instance-launched")),
    boot: next(last("docker-up")),
    join: next(lines.find(({ text }) => SWARM_READY.test(text))?.time),
    finish: next(to),
    total: (to - from) / 1_000,
  };
}

/** Reads a log whose lines begin with an ISO 8601 time and a blank; lines without one belong to the line before. */
export function parseLog(text: string): readonly LogLine[] {
  return text.split("\n").flatMap((line) => {
    const match = /^(\d{4}-\d\d-\d\dT[\d:.]+Z) (.*)$/.exec(line);
    return match === null ? [] : [{ time: Date.parse(match[1] ?? ""), text: match[2] ?? "" }];
  });
}

const TERRAFORM_STARTS =
  /Initializing the backend|Initializing provider plugins|Terraform used the selected|Refreshing state/;
const SWARM_READY = /swarm \S+ is Ready after/;
