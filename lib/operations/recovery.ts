import { type ClusterTarget, operatorCommand } from "../operator-commands";
import { type Change, equal } from "../registry/change";
import { majority } from "../registry/quorum";
import { type ClusterRecord, recordKey, SCHEMA_VERSION } from "../registry/records";
import { duration, silence } from "./evidence";
import { managerName } from "./manager-slots";
import {
  ago,
  type KnownManager,
  knownManagers,
  type RecoverySources,
  SURVIVOR_SILENT_AFTER,
  whyNotProven,
} from "./recovery-proof";

/** The write that begins a recovery, or why there is none: proof is missing, or it was asked for before. */
export type RecoveryDecision =
  | { readonly kind: "write"; readonly change: Change; readonly generation: number; readonly survivor: KnownManager }
  | { readonly kind: "already asked"; readonly generation: number; readonly survivor: KnownManager }
  | { readonly kind: "refused"; readonly reasons: readonly string[] };

/**
 * Whether the swarm may be started again from the manager of a slot, alone (P13): its quorum is lost, its instance and
 * agent are at work, and EC2 says of every other manager's instance that it does not run; pure.
 */
export function decideRecovery(sources: RecoverySources, slot: number): RecoveryDecision {
  const { cluster, target, now } = sources;
  const refused = (...reasons: readonly string[]): RecoveryDecision => ({ kind: "refused", reasons });
  const managers = knownManagers(sources);
  const survivor = managers.find((manager) => manager.votes && manager.slot === slot);
  if (cluster === undefined) return refused("the registry has no cluster record: no swarm is known to recover");
  if (survivor?.instanceId === undefined) return refused(noSuchSurvivor(slot, managers));
  if (cluster.phase === "recovering") return underWay(cluster, survivor, target);
  const reasons = [
    ...recordTroubles(cluster),
    ...survivorTroubles(survivor, sources),
    ...againstLoss(survivor, managers, now),
    ...managers.filter((each) => each !== survivor).flatMap((each) => whyNotProven(each, now) ?? []),
  ];
  if (reasons.length > 0) return refused(...reasons);
  const generation = cluster.generation + 1;
  return { kind: "write", change: request(cluster, survivor, generation, now), generation, survivor };
}

function noSuchSurvivor(slot: number, managers: readonly KnownManager[]): string {
  const voters = managers.filter((manager) => manager.votes).map(({ name }) => name);
  return `${managerName(slot)} was no manager of the swarm when its leader last wrote: ${voters.join(", ") || "nobody was"}`;
}

function underWay(
  { recovery, generation }: ClusterRecord,
  survivor: KnownManager,
  target: ClusterTarget,
): RecoveryDecision {
  if (recovery?.instanceId === survivor.instanceId) return { kind: "already asked", generation, survivor };
  const other = recovery === undefined ? "somebody" : `${managerName(recovery.slot)} (${recovery.instanceId})`;
  const when = recovery === undefined ? "" : `, asked for at ${recovery.requestedAt}`;
  return {
    kind: "refused",
    reasons: [`a recovery from ${other} is under way${when}: see \`${operatorCommand.status(target)}\``],
  };
}

function recordTroubles({ phase, minWriter }: ClusterRecord): readonly string[] {
  if (minWriter > SCHEMA_VERSION) return ["the cluster record is of a newer version: update cdktf-swarm"];
  return phase === "ready" ? [] : [`the cluster is ${phase}: only one that was ready can be recovered`];
}

function survivorTroubles(survivor: KnownManager, { records, now, target }: RecoverySources): readonly string[] {
  const { name, slot, instanceId, instanceState, nodeId, lostState } = survivor;
  const record = records.slots.find((each) => each.slot === slot);
  const troubles: string[] = [];
  if (record?.instanceId !== instanceId)
    troubles.push(`${name} has lost its slot to ${record?.instanceId ?? "nobody"}`);
  if (lostState !== undefined) {
    troubles.push(`${name} has lost its swarm state: ${lostState}, and the member was node ${nodeId}`);
  }
  if (record?.retire !== undefined) {
    const cancel = `${operatorCommand.keep(target, slot ?? 0)} --no-wait`;
    troubles.push(`${name} is to leave the swarm: take that back first, with \`${cancel}\``);
  }
  if (instanceState !== "running") {
    troubles.push(`${name}'s instance ${instanceId} is ${instanceState ?? "unknown to EC2"}, and has to be running`);
  }
  const silent = silence(survivor, { now }, SURVIVOR_SILENT_AFTER);
  if (silent !== undefined) {
    troubles.push(`${name} has not reported for ${duration(silent)}, and its agent has to be at work: see its log`);
  }
  return troubles;
}

/** A quorum is lost if the survivor alone is none, and does not say that the swarm answers it. */
function againstLoss(survivor: KnownManager, managers: readonly KnownManager[], now: number): readonly string[] {
  const members = managers.filter((manager) => manager.votes).length;
  if (majority(members) <= 1) return [`${survivor.name} is the only manager: it needs no other one for a quorum`];
  if (!survivor.answered || silence(survivor, { now }) !== undefined) return [];
  return [
    `${survivor.name} reported ${ago(survivor.heardAt ?? now, now)} "${survivor.says}": ` +
      "the swarm answers it, so that its quorum is not lost",
  ];
}

/** Begins the recovery, if nobody has written the cluster's record since it was decided on. */
function request(cluster: ClusterRecord, survivor: KnownManager, generation: number, now: number): Change {
  const { slot = 0, instanceId = "" } = survivor;
  const recovery = { slot, instanceId, requestedAt: new Date(now).toISOString() };
  return {
    updates: [
      {
        key: recordKey.cluster,
        set: { phase: "recovering", generation, recovery },
        when: [
          equal("nonce", cluster.nonce),
          equal("phase", "ready"),
          equal("clusterId", cluster.clusterId),
          equal("generation", cluster.generation),
          equal("writeId", cluster.writeId),
        ],
      },
    ],
    checks: [{ key: recordKey.slot(slot), when: [equal("instanceId", instanceId)] }],
    confirmedBy: [equal("clusterId", cluster.clusterId), equal("generation", generation)],
  };
}
