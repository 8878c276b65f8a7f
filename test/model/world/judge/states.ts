import { slotRecord } from "../recorded";
import type { Swarm } from "../swarm";
import type { World } from "../world";
import type { Verdicts } from "./verdicts";

/** Time until a leader knows that a member is away, and acts no more on what it knew before. */
const UNNOTICED = 20_000;

/** Holds what must be true at any moment: V2, V4 and V8. */
export class StateJudge {
  /** When each slot last had a live member. */
  private readonly liveAt = new Map<number, number>();
  /** Since when it has one without a break. */
  private readonly liveSince = new Map<number, number>();

  public constructor(
    private readonly world: World,
    private readonly verdicts: Verdicts,
    private readonly byHand: ReadonlySet<string>,
  ) {}

  public look(): void {
    const { swarms, table } = this.world;
    const alive = swarms.filter((swarm) => {
      return table.everPublished.has(swarm.id) && !table.everAbandoned.has(swarm.id) && swarm.raft.hasQuorum();
    });
    this.verdicts.unless(alive.length <= 1, () => {
      return `V2 two swarms have a majority: ${alive.map(({ id, generation }) => `${id}/${generation}`).join(", ")}`;
    });
    for (const swarm of alive) this.slotsAreSingle(swarm);
    this.nodesAreSingle();
  }

  /** Slots that had a member and have none that answers, for longer than an agent may not know it. */
  public slotsOut(): readonly number[] {
    this.look();
    const { schedule } = this.world;
    return [...this.liveAt]
      .filter(([slot, at]) => {
        const isToStayEmpty = slotRecord(this.world, slot)?.retire === "remove";
        return schedule.now - at > UNNOTICED && !isToStayEmpty;
      })
      .map(([slot]) => slot);
  }

  /** Slots whose members answer. */
  public slotsIn(): readonly number[] {
    return this.world.swarms.flatMap((swarm) =>
      [...swarm.raft.members].flatMap(([id, { settings }]) => (swarm.isLive(id) ? (settings.slot ?? []) : [])),
    );
  }

  /** Whether a slot's member has been there for longer than an agent may not know it. */
  public isSurelyIn(slot: number | undefined): boolean {
    const since = this.liveSince.get(slot ?? -1);
    return since !== undefined && this.world.schedule.now - since > UNNOTICED;
  }

  private slotsAreSingle(swarm: Swarm): void {
    const slots: number[] = [];
    for (const [id, { settings }] of swarm.raft.members) {
      if (settings.slot === undefined) continue;
      this.note(settings.slot, swarm.isLive(id));
      if (!this.byHand.has(id)) slots.push(settings.slot);
    }
    this.verdicts.unless(new Set(slots).size === slots.length, () => `V4 a slot has two members: ${slots.join(", ")}`);
    const { most } = this.world;
    this.verdicts.unless(slots.length <= most, () => `V4 ${slots.length} members for ${most} slots`);
  }

  private note(slot: number, isLive: boolean): void {
    const { now } = this.world.schedule;
    if (!isLive) this.liveSince.delete(slot);
    else if (!this.liveSince.has(slot)) this.liveSince.set(slot, now);
    if (isLive) this.liveAt.set(slot, now);
  }

  private nodesAreSingle(): void {
    const ids = new Set<string>();
    for (const { isUp, swarmState } of this.world.machines) {
      if (!isUp || swarmState.nodeId === undefined) continue;
      this.verdicts.unless(!ids.has(swarmState.nodeId), () => `V8 node ${swarmState.nodeId} runs twice`);
      ids.add(swarmState.nodeId);
    }
  }
}
