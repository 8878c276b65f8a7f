import { processesOf, setProcessClock } from "../clock/process-clock";
import { CLOCK_FAULT, type ClockFault, type RecordedFault } from "../faults/records";
import type { HostContainer } from "../hosts/hosts";
import type { Journal } from "./journal";

/** The clocks of the hosts: what their processes take for the time, also those that start later. */
export class Clocks {
  /** Containers whose processes may have another clock than this machine. */
  private readonly changed = new Set<string>();

  public constructor(private readonly journal: Journal) {}

  /** Whether {@link apply} has something to do. */
  public isNeeded(faults: readonly RecordedFault[]): boolean {
    return this.changed.size > 0 || clockFaults(faults).length > 0;
  }

  public apply(faults: readonly RecordedFault[], containers: readonly HostContainer[]): void {
    const offsets = new Map(clockFaults(faults).map(({ instanceId, offsetSeconds }) => [instanceId, offsetSeconds]));
    const failures = containers.flatMap((container) =>
      this.setClock(container, offsets.get(container.instanceId) ?? 0),
    );
    if (failures[0] === undefined) this.journal.clearFaults(CLOCK_FAULT);
    else this.journal.fault(`${CLOCK_FAULT}${failures[0]}`);
  }

  private setClock({ id, name }: HostContainer, seconds: number): string[] {
    if (seconds === 0 && !this.changed.has(id)) return [];
    this.changed.add(id);
    const failures = processesOf(id).flatMap((pid) => failureOf(pid, seconds) ?? []);
    if (seconds === 0 && failures.length === 0) this.changed.delete(id);
    return failures.map((failure) => `${name}: ${failure}`);
  }
}

/** Why the clock of a process could not be set; a process that has ended needs none. */
function failureOf(pid: number, seconds: number): string | undefined {
  try {
    setProcessClock(pid, seconds);
    return undefined;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === "ENOENT" || code === "ESRCH" || code === "EIO" ? undefined : message;
  }
}

function clockFaults(faults: readonly RecordedFault[]): ClockFault[] {
  return faults.filter((fault) => fault.kind === "clock");
}
