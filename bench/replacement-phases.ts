import type { LabEvent } from "../lib/lab/state/events";

/** A line of an agent's log. */
export interface AgentLine {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly event: string;
  readonly action?: string;
  readonly result?: string;
  readonly reason?: string;
  readonly state?: string;
}

/** The seconds of one replacement, split into phases that follow each other and add up to the whole. */
export interface ReplacementPhases {
  /** From the death of the instance to the first word of the leader about its removal. */
  readonly detection: number;
  /** Until its node is out of the swarm. */
  readonly removal: number;
  /** Until Auto Scaling, asked by the leader, launches another instance. */
  readonly launch: number;
  /** Until that one's agent starts. */
  readonly boot: number;
  /** Until it is a manager that the others reach. */
  readonly join: number;
  readonly total: number;
}

/** All that is known of a replacement. */
export interface Replacement {
  /** When the instance was terminated, in milliseconds since 1970. */
  readonly from: number;
  /** The instance that was lost, and the one in its place. */
  readonly lost: string;
  readonly successor: string;
  readonly events: readonly LabEvent[];
  /** Logs of the agents of the other managers, in any order, and that of the successor's. */
  readonly managers: readonly AgentLine[];
  readonly successorLog: readonly AgentLine[];
}

/** Splits a replacement; undefined while it is under way. */
export function splitReplacement(replacement: Replacement): ReplacementPhases | undefined {
  const { from, lost, successor, events, managers, successorLog } = replacement;
  const done = (action: string) =>
    earliest(managers, (line) => line.action === action && line.result === "done" && isAbout(line, lost), from);
  const milestones = [
    done("bury"),
    done("remove"),
    earliest(events, ({ event, instanceId }) => event === "instance-launched" && instanceId === successor, from),
    earliest(successorLog, ({ event }) => event === "started", from),
    earliest(successorLog, ({ event, state }) => event === "decision" && state === "ready", from),
  ];
  let reached = from;
  const seconds: number[] = [];
  for (const milestone of milestones) {
    if (milestone === undefined) return undefined;
    // One that another overtook has its time counted in that one.
    const before = reached;
    reached = Math.max(reached, milestone);
    seconds.push((reached - before) / 1_000);
  }
  const [detection = 0, removal = 0, launch = 0, boot = 0, join = 0] = seconds;
  return { detection, removal, launch, boot, join, total: (reached - from) / 1_000 };
}

/** Reads what an agent logged, a line of JSON for each event; other lines are systemd's. */
export function parseAgentLog(text: string): readonly AgentLine[] {
  return text.split("\n").flatMap((line) => {
    try {
      const { time, ...rest } = JSON.parse(line) as Omit<AgentLine, "time"> & { readonly time: string };
      return [{ ...rest, time: Date.parse(time) }];
    } catch {
      return [];
    }
  });
}

function isAbout({ reason }: AgentLine, instanceId: string): boolean {
  return reason?.includes(instanceId) === true;
}

function earliest<T extends { readonly time: number }>(
  all: readonly T[],
  fits: (one: T) => boolean,
  from: number,
): number | undefined {
  const times = all.filter((one) => one.time >= from && fits(one)).map(({ time }) => time);
  return times.length === 0 ? undefined : Math.min(...times);
}
