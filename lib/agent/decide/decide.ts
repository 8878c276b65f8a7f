import type { NodeSettings } from "../../registry/node-settings";
import { attemptsAt, type Memory } from "../memory";
import type { Decision, Observation, Report } from "../model";
import { abandonForming } from "./forming/abandon";
import { foundSwarm } from "./forming/claim";
import { declareReady, publishToken } from "./forming/phase";
import { promote } from "./membership/promote";
import { remove } from "./membership/remove";
import { replaceDead } from "./membership/replace";
import { retire } from "./membership/retire";
import { retireUnwell } from "./membership/unwell";
import { barrier } from "./node/barrier";
import { restartEngine } from "./node/engine";
import { lifecycleHooks } from "./node/hooks";
import { join, markMember } from "./node/join";
import { leave } from "./node/leave";
import { recover } from "./node/recover";
import { isReportDue } from "./node/report-due";
import { takeSlot } from "./node/slot";
import { standingOf } from "./node/standing";
import { keepUnlockKey, unlock } from "./node/unlock";
import { type LeaderSituation, leaderSituationOf } from "./situation/leader";
import { actionFor, type Finding, type Situation, situationOf } from "./situation/situation";
import { disown } from "./upkeep/disown";
import { drain } from "./upkeep/drain";
import { label } from "./upkeep/labels";
import { proveWrites } from "./upkeep/proof";
import { publishView } from "./upkeep/view";

type Rule<Of = Situation> = (situation: Of) => Finding | undefined;

/**
 * Decides what a node does next from what it sees and remembers. Pure and total: no input or output, no clock, no
 * chance but what the observation brings; most rules of PROTOCOL.md have a file beside this one.
 */
export function decide(observation: Observation, memory: Memory, settings: NodeSettings): Decision {
  // 1. What follows at once from what was seen.
  const situation = situationOf(observation, memory, settings);
  // 2. What each rule finds.
  const findings = findingsOf(situation);
  // 3. What the node says of itself, and the write that says it.
  const report = reportOf(situation, findings);
  const actions = [...findings.flatMap((finding) => finding.actions ?? []), ...reporting(situation, report)];
  // 4. What failed waits for its turn, whatever asks for it.
  return { report, actions: actions.filter(({ kind }) => observation.now >= attemptsAt(memory, kind).notBefore) };
}

function findingsOf(situation: Situation): readonly Finding[] {
  // 1. Whether the node must keep out of its swarm: nothing else counts then.
  const stop = barrier(situation);
  if (stop !== undefined) return stoppedFindings(situation, stop);
  // 2. What the node does for itself.
  const own = OWN_RULES.map((rule) => rule(situation));
  // 3. What it does for the swarm, if it leads.
  const leader = leaderSituationOf(situation);
  const led = leader === undefined ? [] : leaderFindings(leader);
  // 4. What Auto Scaling waits for.
  return [...own, ...led, lifecycleHooks(situation)].filter(isThere);
}

const OWN_RULES: readonly Rule[] = [
  unlock,
  restartEngine,
  takeSlot,
  leave,
  foundSwarm,
  abandonForming,
  join,
  markMember,
];

/** A leader's rules but for the changes of membership. */
const UPKEEP_RULES: readonly Rule<LeaderSituation>[] = [
  replaceDead,
  declareReady,
  publishToken,
  drain,
  label,
  keepUnlockKey,
  disown,
  proveWrites,
];

/** The dead go first, so that a successor finds its predecessor gone. */
const MEMBERSHIP_RULES: readonly Rule<LeaderSituation>[] = [remove, retire, retireUnwell, promote];

/** A node that is kept out may still be the one that an operator has the swarm carried on from. */
function stoppedFindings(situation: Situation, stop: Finding): readonly Finding[] {
  const engine = isSurvivor(situation) ? restartEngine(situation) : undefined;
  return [unlock(situation), engine, recover(situation), stop, hooksOfDestroyed(situation)].filter(isThere);
}

function leaderFindings(leader: LeaderSituation): readonly Finding[] {
  // 1. Changes of membership, one at a time.
  const changes = membershipChanges(leader);
  // 2. Everything else that the swarm needs.
  const upkeep = UPKEEP_RULES.map((rule) => rule(leader));
  // 3. The view, which tells of the troubles found. It goes before a promotion, which writes the same record.
  const found = [...changes, ...upkeep].filter(isThere);
  const view = publishView(
    leader,
    found.flatMap((finding) => finding.reasons ?? []),
  );
  return [view, ...found].filter(isThere);
}

function membershipChanges(leader: LeaderSituation): readonly Finding[] {
  const findings: Finding[] = [];
  for (const rule of MEMBERSHIP_RULES) {
    const finding = rule(leader);
    if (finding !== undefined) findings.push(finding);
    if ((finding?.actions ?? []).length > 0) break;
  }
  return findings;
}

/** Whether this is the manager that an operator has the swarm carried on from: its dockerd must work first. */
function isSurvivor({ record, observation }: Situation): boolean {
  return record?.phase === "recovering" && record.recovery?.instanceId === observation.self.instanceId;
}

/** Hooks are between the node and Auto Scaling; a cluster that is destroyed waits for them. */
function hooksOfDestroyed(situation: Situation): Finding | undefined {
  return situation.record?.phase === "destroying" ? lifecycleHooks(situation) : undefined;
}

function isThere(finding: Finding | undefined): finding is Finding {
  return finding !== undefined;
}

function reportOf(situation: Situation, findings: readonly Finding[]): Report {
  const standing = standingOf(situation);
  const heard = findings.find((finding) => finding.report !== undefined)?.report;
  const { registryError } = situation.observation;
  const reasons = findings.flatMap((finding) => finding.reasons ?? []);
  return {
    state: heard?.state ?? standing.state,
    step: heard?.step ?? standing.step,
    // A rule that says what the node is speaks for itself.
    error: heard?.error ?? (heard?.state === undefined ? standing.error : undefined),
    reasons: registryError === undefined ? reasons : [...reasons, `registry: ${registryError}`],
  };
}

/** The node's own record: at every change, and once a minute as a sign of life. */
function reporting(situation: Situation, report: Report) {
  const { observation, memory, docker, membership, settings } = situation;
  // While dockerd is away the node keeps its name: by it the leader knows whose instance it is.
  const nodeId = membership === undefined ? observation.markers.member?.nodeId : docker?.status.nodeId;
  // Nodes that start together look at the registry one after another, and have nothing to tell before.
  if (observation.cluster === undefined && observation.registryTriedAt === undefined) return [];
  const slot = memory.slotHeld ? settings.slot : undefined;
  const isOut = docker?.status.state === "inactive";
  const leading =
    situation.leads && membership !== undefined ? { ...membership, since: leadsSince(situation) } : undefined;
  const drainRequested = observation.terminating;
  const detail = { kind: "report", report, nodeId, isOut, drainRequested, slot, leading } as const;
  return isReportDue(detail, memory, observation.now) ? [actionFor(detail, "the report is due", observation)] : [];
}

function leadsSince({ observation: { now, wallTime }, memory: { leadsSince: since = now } }: Situation): string {
  return new Date(wallTime - (now - since)).toISOString();
}
