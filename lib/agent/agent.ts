import type { NodeSettings } from "../registry/node-settings";
import { perform } from "./act/act";
import type { ActContext, Effects } from "./act/context";
import { Jobs } from "./act/jobs";
import { ACTIONS } from "./actions";
import { decide } from "./decide/decide";
import { type Memory, newMemory } from "./memory";
import type { Action, Decision, Observation, Outcome } from "./model";
import { Observer, type Senses } from "./observe/observer";
import { planReads, tickInterval } from "./observe/plan";
import type { Identity } from "./ports";
import { learn } from "./remember/learn";
import { remember } from "./remember/remember";
import type { Witness } from "./witness";

/** Everything the agent touches. */
export type Ports = Senses & Effects;

/** The agent's loop: observe, decide, act; again and again until the machine stops. */
export class Agent {
  private readonly observer: Observer;
  private readonly context: ActContext;
  private readonly jobs = new Jobs();
  private memory: Memory;
  private last: Observation | undefined;
  /** Whether an action of the last turn came too late for what it rested on. */
  private isLate = false;
  private wake: () => void = () => {};

  public constructor(
    private readonly ports: Ports,
    private readonly settings: NodeSettings,
    self: Identity,
    private readonly witness: Witness,
  ) {
    this.observer = new Observer(ports, self, settings.slot);
    this.context = { ...ports, settings, self };
    this.memory = newMemory(ports.clock.now());
  }

  /** Runs until `signal` is raised. */
  public async run(signal: AbortSignal): Promise<void> {
    signal.addEventListener("abort", () => this.wake(), { once: true });
    while (!signal.aborted) {
      const woken = new Promise<void>((resolve) => {
        this.wake = resolve;
      });
      const interval = await this.tick();
      if (!signal.aborted) await Promise.race([woken, this.ports.clock.sleep(interval)]);
    }
  }

  /** One turn; returns the milliseconds to the next one. */
  public async tick(): Promise<number> {
    const { clock } = this.ports;
    for (const outcome of this.jobs.takeFinished()) this.take(outcome);
    const plan = planReads(this.last, this.memory, this.settings, clock.now(), this.observer.metadataAt);
    const observation = await this.observer.observe(plan, this.jobs.busy);
    this.last = observation;
    this.memory = remember(this.memory, observation, this.settings);
    this.witness.observed?.(observation, this.memory);
    const decision = decide(observation, this.memory, this.settings);
    this.witness.decided(decision);
    const acted = await this.act(decision);
    return tickInterval(observation, this.memory, this.settings, acted);
  }

  /** Does what was decided, in order; says whether anything changed that is worth another look at once. */
  private async act({ actions }: Decision): Promise<boolean> {
    const { isLate } = this;
    let acted = false;
    this.isLate = false;
    for (const action of actions) {
      // One that is too late already would only wake the loop again.
      if (ACTIONS[action.kind].takesLong && this.ports.clock.now() < action.expiresAt) {
        this.jobs.start(action, this.ports.clock.now(), this.effect, () => this.wake());
        continue;
      }
      const outcome = await this.effect(action);
      this.take(outcome);
      acted ||= outcome.result === "done" && action.kind !== "report";
      this.isLate ||= outcome.result === "expired";
    }
    // What came too late is looked at again at once; but not over and over where nothing answers.
    return acted || (this.isLate && !isLate);
  }

  private readonly effect = (action: Action): Promise<Outcome> => perform(this.context, action);

  private take(outcome: Outcome): void {
    this.witness.done(outcome);
    this.memory = learn(this.memory, outcome, this.ports.clock.now(), this.ports.random());
    // What this node wrote itself, or somebody else did before it, is not known until it is read again.
    const { result, action } = outcome;
    const isOutrun = result === "refused" && action.kind === "publish-view";
    if (isOutrun || (result === "done" && ACTIONS[action.kind].outdatesRecords)) {
      this.memory = { ...this.memory, staleAt: this.ports.clock.now() };
    }
  }
}
