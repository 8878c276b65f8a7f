import { type LabEvent, recordEvent } from "../state/events";
import type { StateFile, SupervisorState } from "../state/state-file";

/** What the supervisor writes down: its state before it makes a thing, events and faults as they come. */
export class Journal {
  private current: SupervisorState = { schema: 1, ready: false, settings: {}, routes: [], faults: [] };

  public constructor(
    private readonly file: StateFile<SupervisorState>,
    private readonly eventFile: string,
  ) {
    // What an earlier supervisor changed stays ours to put back.
    const { settings, routes } = file.read() ?? this.current;
    this.current = file.write({ ...this.current, settings, routes });
  }

  public get state(): SupervisorState {
    return this.current;
  }

  public update(change: Partial<SupervisorState>): void {
    this.current = this.file.write({ ...this.current, ...change });
  }

  public event(event: Omit<LabEvent, "time">): void {
    recordEvent(this.eventFile, event);
  }

  /** Says what does not work, once, until {@link clearFault} says that it does again. */
  public fault(message: string): void {
    if (this.current.faults.includes(message)) return;
    console.error(`${new Date().toISOString()} ${message}`);
    this.update({ faults: [...this.current.faults, message] });
    this.event({ event: "fault", detail: message });
  }

  /** Forgets the faults that begin like this. */
  public clearFaults(prefix: string): void {
    if (!this.current.faults.some((fault) => fault.startsWith(prefix))) return;
    this.update({ faults: this.current.faults.filter((fault) => !fault.startsWith(prefix)) });
  }
}
