import { appendFileSync, mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";

/** Something that happened in the lab, for those who measure. */
export interface LabEvent {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly event:
    | "up-started"
    | "phase-started"
    | "up-done"
    | "network-ready"
    | "instance-launched"
    | "container-started"
    | "cloud-init-done"
    | "docker-up"
    | "container-removed"
    | "fault";
  readonly instanceId?: string;
  /** Operators' name of the host. */
  readonly host?: string;
  /** Phase, or what is wrong. */
  readonly detail?: string;
}

/** Appends an event; lines of several processes do not mix, as each is one write. */
export function recordEvent(file: string, event: Omit<LabEvent, "time">): void {
  mkdirSync(dirname(file), { recursive: true });
  appendFileSync(file, `${JSON.stringify({ time: Date.now(), ...event })}\n`);
}

/** Events so far, in order. */
export function readEvents(file: string): LabEvent[] {
  try {
    const lines = readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => line !== "");
    return lines.map((line) => JSON.parse(line) as LabEvent);
  } catch {
    return [];
  }
}
