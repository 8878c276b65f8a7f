import { type ClusterRecord, recordKey, type WorkerTokenRecord } from "../../../../lib/registry/records";
import type { Item } from "../table";
import type { World } from "../world";
import type { Verdicts } from "./verdicts";

/** Time a claim must not have moved for; less what the watcher's clock may be fast. */
const STEAL_AFTER = 60_000 * 0.999;

/** Ways of the cluster record, beside staying in a phase; an operator alone begins a recovery. */
const FORWARD = ["unclaimed→initializing", "initializing→forming", "forming→ready", "recovering→ready"];
const BACK = ["initializing→unclaimed", "forming→initializing"];

/** Holds what agents write against V1, V7, P3 and P5. */
export class RecordJudge {
  /** When the claim last moved. */
  private claimMovedAt = 0;

  public constructor(
    private readonly world: World,
    private readonly verdicts: Verdicts,
  ) {}

  public written(before: ReadonlyMap<string, Item>, keys: readonly string[]): void {
    if (!keys.includes(recordKey.cluster) && !keys.includes(recordKey.workerToken)) return;
    const { table } = this.world;
    const now = table.cluster;
    if (now === undefined) return;
    this.verdicts.unless(table.everReady.size <= 1, `V1 two clusters were ready: ${[...table.everReady].join(", ")}`);
    const old = before.get(recordKey.cluster) as unknown as ClusterRecord | undefined;
    if (old?.phase !== undefined) this.monotone(old, now);
    if (now.phase === "forming" || now.phase === "ready") this.tokenFits(now);
  }

  private tokenFits(now: ClusterRecord): void {
    const token = this.world.table.items.get(recordKey.workerToken) as unknown as WorkerTokenRecord | undefined;
    const isOne = token?.clusterId === now.clusterId && token?.generation === now.generation;
    this.verdicts.unless(
      isOne && token.token.endsWith(` of ${now.clusterId ?? ""}`),
      () => `V7 the stored token is of ${token?.clusterId ?? "nothing"}, the cluster ${now.clusterId ?? "none"}`,
    );
  }

  private monotone(old: ClusterRecord, now: ClusterRecord): void {
    this.claimIsStale(old, now);
    const { verdicts } = this;
    const step = `${old.phase}→${now.phase}`;
    const isAllowed = old.phase === now.phase || FORWARD.includes(step) || BACK.includes(step);
    verdicts.unless(isAllowed, `V1 the phase goes from ${old.phase} to ${now.phase}`);
    verdicts.unless(now.epoch >= old.epoch, `V1 the epoch goes from ${old.epoch} to ${now.epoch}`);
    verdicts.unless(now.generation === old.generation, `V1 generation ${old.generation} becomes ${now.generation}`);
    const isOneCluster = old.clusterId !== undefined && old.clusterId === now.clusterId;
    const isOlder = isOneCluster && (now.tokenIndex ?? 0) < (old.tokenIndex ?? 0);
    verdicts.unless(!isOlder, `V1 the token index goes from ${old.tokenIndex ?? 0} to ${now.tokenIndex ?? 0}`);
    if (old.clusterId !== undefined && now.clusterId !== old.clusterId) this.resetIsGrounded(old, now);
  }

  /** P3: a claim is taken over only after it has not moved for a minute. */
  private claimIsStale(old: ClusterRecord, now: ClusterRecord): void {
    const time = this.world.schedule.now;
    const isStolen = old.phase === "initializing" && now.phase === "initializing" && old.owner !== now.owner;
    const rested = time - this.claimMovedAt;
    const rule = () => `P3 a claim that moved ${Math.round(rested)} ms ago is stolen`;
    this.verdicts.unless(!isStolen || rested >= STEAL_AFTER, rule);
    if (old.owner !== now.owner || old.renewal !== now.renewal || old.epoch !== now.epoch) this.claimMovedAt = time;
  }

  /** P5: a forming cluster is given up only once its majority is lost for good, at the latest by who gives it up. */
  private resetIsGrounded({ clusterId, phase }: ClusterRecord, { owner }: ClusterRecord): void {
    const swarm = this.world.swarms.find((each) => each.id === clusterId);
    this.verdicts.unless(phase === "forming", `V1 a ${phase} cluster is given up`);
    const members = [...(swarm?.raft.members.values() ?? [])];
    const living = members.filter(({ isGone, self }) => !isGone && self.instanceId !== owner).length;
    const couldLive = swarm !== undefined && living >= swarm.raft.majority();
    this.verdicts.unless(!couldLive, `P5 ${clusterId ?? ""} is given up while a majority of it may live`);
  }
}
