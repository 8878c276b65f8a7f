import { setTimeout as sleep } from "node:timers/promises";
import type { Ended, Project, Rising } from "../support/project";
import type { Shape, Timing } from "./case";
import { atWork, leaderOf, type Missing, whole } from "./facts";
import { CLUSTER, Lab } from "./lab";
import { TIMINGS } from "./region";
import type { Sample } from "./watch/sample";
import { Watch } from "./watch/watch";
import { Workload } from "./workload/workload";

const POLL_MILLISECONDS = 200;
/** A command each time. */
const STATUS_MILLISECONDS = 3_000;
/** Until when something that is late is waited for, so that the report says how late it was. */
const LATE_FACTOR = 2;
/** How long a lab may take until it is as it was, once its faults are gone; a boot or two are in it. */
const SETTLE_SECONDS = 300;

/** One run of a case: the lab, what is seen of it, and the times that count. */
export class Scene {
  public readonly lab: Lab;
  public readonly watch: Watch;
  public readonly workload: Workload;
  public readonly times: Timing[] = [];
  private rising: Rising | undefined;
  private risen: Ended | undefined;

  /** @param allowance - Seconds that come on top of each bound. */
  public constructor(
    public readonly project: Project,
    public readonly shape: Shape,
    private readonly allowance = 0,
  ) {
    this.lab = new Lab(project);
    this.workload = new Workload(project);
    this.watch = new Watch(project.directory, `${CLUSTER}-registry`, (sample) => this.workload.tend(sample));
  }

  /** What was seen last. */
  public get now(): Sample {
    const { latest } = this.watch;
    if (latest === undefined) throw new Error("nothing was seen of the lab yet");
    return latest;
  }

  /**
   * Waits until nothing is missing any more, and counts the time against its bound.
   * @param quickBound - Where AWS is quick, in seconds.
   * @param since - When the clock started, in milliseconds since 1970. @default - now
   */
  public async within(what: string, quickBound: number, missing: Missing, since = Date.now()): Promise<Sample> {
    const bound = quickBound + this.allowance;
    const { sample, last } = await this.until(missing, since, bound * LATE_FACTOR);
    if (sample === undefined) throw new Error(`${what}: not within ${bound * LATE_FACTOR} s: ${last}`);
    const seconds = (sample.time - since) / 1000;
    this.times.push({ what, seconds, bound });
    if (seconds > bound) throw new Error(`${what}: after ${seconds.toFixed(1)} s, the bound is ${bound} s`);
    return sample;
  }

  /** Waits until `status` tells an operator of a fault, and counts the time against its bound. */
  public async told(what: string, quickBound: number, fault: RegExp, since: number): Promise<void> {
    const bound = quickBound + this.allowance;
    for (;;) {
      const { stdout } = await this.project.begin("status", CLUSTER, "--json");
      const { faults } = JSON.parse(stdout) as { faults: readonly { readonly text: string }[] };
      const seconds = (Date.now() - since) / 1000;
      if (faults.some(({ text }) => fault.test(text))) {
        this.times.push({ what: `${what} is told`, seconds, bound });
        if (seconds <= bound) return;
        throw new Error(`${what} is told after ${seconds.toFixed(1)} s, the bound is ${bound} s`);
      }
      if (seconds > bound * LATE_FACTOR)
        throw new Error(`${what}: status tells ${faults.map(({ text }) => text).join("; ") || "of no fault"}`);
      await sleep(STATUS_MILLISECONDS);
    }
  }

  /** Waits for what must come before the case goes on, and has no bound of its own. */
  public async before(what: string, missing: Missing, seconds = SETTLE_SECONDS): Promise<Sample> {
    const { sample, last } = await this.until(missing, Date.now(), seconds + this.allowance);
    if (sample === undefined) throw new Error(`${what}: not within ${seconds} s: ${last}`);
    return sample;
  }

  /** Watches that something stays as it must for so long. */
  public async holds(what: string, seconds: number, fault: Missing, since = Date.now()): Promise<void> {
    const until = since + seconds * 1000;
    const { samples } = this.watch;
    for (let seen = samples.filter(({ time }) => time < since).length; ; await sleep(POLL_MILLISECONDS)) {
      const fresh = samples.slice(seen);
      seen += fresh.length;
      for (const sample of fresh) {
        const found = fault(sample);
        if (found === undefined) continue;
        throw new Error(`${what}: no longer after ${((sample.time - since) / 1000).toFixed(1)} s: ${found}`);
      }
      if (Date.now() > until) break;
    }
    this.times.push({ what: `${what} (holds)`, seconds, bound: seconds });
  }

  /** Everything as it is to be, with the workload on it and remembered. */
  public async given(): Promise<void> {
    await this.before("the lab is whole", whole(this.shape));
    await this.workload.begin(leaderOf(this.now));
    const sample = await this.before("the workload runs", atWork(this.shape));
    await this.workload.remember(leaderOf(sample), sample);
  }

  /** Everything as it was, once the faults are gone, and nothing of the workload lost. */
  public async settled(): Promise<void> {
    const sample = await this.before("the swarm is whole again", atWork(this.shape));
    const lost = await this.workload.losses(leaderOf(sample), sample);
    if (lost.length > 0) throw new Error(`lost: ${lost.join("; ")}`);
  }

  /** Begins to bring the lab up, as {@link shape} says; what goes on meanwhile is the case's own business. */
  public up(): void {
    this.rising = this.project.rise("dev", "--timings", TIMINGS);
    void this.rising.ended.then((ended) => (this.risen = ended));
  }

  /** Waits until `lab up` has ended, and well. */
  public async isUp(): Promise<void> {
    refuseFailure((await this.rising?.ended) ?? { status: null, stdout: "", stderr: "" });
  }

  /** Ends the watching, and a `lab up` that is still at work. */
  public async close(): Promise<void> {
    this.rising?.stop();
    await this.rising?.ended;
    await this.watch.stop();
  }

  private async until(missing: Missing, since: number, seconds: number) {
    const { samples } = this.watch;
    let last = "nothing was seen";
    let seen = samples.filter(({ time }) => time < since).length;
    for (;;) {
      for (const sample of samples.slice(seen)) {
        seen += 1;
        const found = missing(sample);
        if (found === undefined) return { sample, last };
        last = found;
      }
      if (this.risen !== undefined) refuseFailure(this.risen); // there will be nothing to see
      if (Date.now() > since + seconds * 1000) return { sample: undefined, last };
      await sleep(POLL_MILLISECONDS);
    }
  }
}

/** Throws when `lab up` did not end well. */
function refuseFailure({ status, stdout, stderr }: Ended): void {
  if (status !== 0) throw new Error(`lab up exited with ${status}\n${stdout}${stderr}`);
}
