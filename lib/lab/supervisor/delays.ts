import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type AccountState, livingInstances } from "../emulator/account-state";
import type { RecordedFault, SlowFault } from "../faults/records";
import { DELAYED_MARK, type Delay } from "../network/firewall-delays";

const PROGRAM = join(__dirname, "delay.py");

/** Below it other programs may have their queues. */
const FIRST_QUEUE = 4_566;

interface RunningDelay {
  readonly queue: number;
  readonly process: ChildProcess;
}

/** The processes that hold the packets of slow hosts, one for each. */
export class Delays {
  private readonly running = new Map<string, RunningDelay>();

  /** @param python - which runs the program, the standard library is enough */
  public constructor(private readonly python: () => Promise<string>) {}

  /** Starts what is missing for these faults; a host must be held by a process before its packets are queued. */
  public async begin(faults: readonly RecordedFault[]): Promise<void> {
    for (const fault of slowFaults(faults)) {
      const present = this.running.get(fault.id);
      if (present !== undefined && present.process.exitCode === null && present.process.signalCode === null) continue;
      this.running.set(fault.id, await this.start(present?.queue ?? this.freeQueue(), fault.milliseconds));
    }
  }

  /** The delays as the firewall makes them. */
  public of(faults: readonly RecordedFault[], account: AccountState): Delay[] {
    const instances = livingInstances(account);
    return slowFaults(faults).flatMap(({ id, instanceId }) => {
      const running = this.running.get(id);
      const instance = instances.find((candidate) => candidate.id === instanceId);
      if (running === undefined || instance === undefined || instance.privateIp === null) return [];
      return { vpcId: instance.vpcId, address: instance.privateIp, queue: running.queue };
    });
  }

  /** Ends what is no longer wanted, once no packet is queued for it. */
  public end(faults: readonly RecordedFault[]): void {
    const wanted = new Set(slowFaults(faults).map(({ id }) => id));
    for (const [id, { process }] of this.running) {
      if (wanted.has(id)) continue;
      process.stdin?.end();
      this.running.delete(id);
    }
  }

  private freeQueue(): number {
    const taken = new Set([...this.running.values()].map(({ queue }) => queue));
    let queue = FIRST_QUEUE;
    while (taken.has(queue)) queue += 1;
    return queue;
  }

  private async start(queue: number, milliseconds: number): Promise<RunningDelay> {
    const options = { queue, milliseconds, mark: DELAYED_MARK };
    const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
    // It ends when its standard input closes, which the kernel does even if this process is killed.
    const process = spawn(await this.python(), [PROGRAM, ...args], { stdio: ["pipe", "pipe", "inherit"] });
    process.stdin.on("error", () => {}); // it may have ended
    await new Promise<void>((resolve, reject) => {
      createInterface({ input: process.stdout }).once("line", () => resolve());
      process.once("error", reject);
      process.once("exit", (code) => reject(new Error(`the process at queue ${queue} ended with ${code}`)));
    });
    return { queue, process };
  }
}

function slowFaults(faults: readonly RecordedFault[]): SlowFault[] {
  return faults.filter((fault) => fault.kind === "slow");
}
