import { OperationError } from "../errors";
import { type ClusterTarget, operatorCommand } from "../operator-commands";
import type { RegistryWriter } from "./connect";
import type { Deadline } from "./deadline";
import type { Instances } from "./instances";
import { managerName } from "./manager-slots";
import { type Quorum, quorumOf } from "./quorum";
import { type ReadinessLine, type ReadinessReport, reportedState } from "./readiness";
import { decideRecovery } from "./recovery";
import {
  bestSurvivor,
  type KnownManager,
  knownManagers,
  managerInstances,
  type RecoverySources,
} from "./recovery-proof";
import { instancesError } from "./registry-problems";
import { type RegistryReader, readAll } from "./registry-reader";
import { lookAtSlot, type SlotLook } from "./slot-look";
import { statusNodes } from "./status-nodes";
import { watch } from "./watch";
import { writeChange } from "./write-change";

/** Whom a recovery asks. */
export interface RecoveryPorts {
  readonly reader: RegistryReader;
  readonly instances: Instances;
}

/** How a swarm without quorum stands, before anybody does anything. */
export interface RecoverySurvey {
  readonly quorum: Quorum;
  readonly managers: readonly KnownManager[];
  /** Who could carry the swarm on. */
  readonly survivor?: KnownManager;
  /** Instances of the others that have to be stopped first. */
  readonly toStop: readonly string[];
}

/** A recovery that may begin: nothing was written yet. */
export interface ProvenRecovery {
  readonly survivor: KnownManager;
  /** The other managers; none of them runs. */
  readonly others: readonly KnownManager[];
  readonly generation: number;
  /** Whether it was asked for before, and only has to be waited for. */
  readonly askedBefore: boolean;
  /** Writes it; the proof is looked at again by the registry. */
  readonly begin: () => Promise<void>;
}

/** What a recovery ended with. */
export interface RecoveryOutcome {
  readonly generation: number;
  readonly survivor: KnownManager;
  readonly elapsedSeconds: number;
  /** Slots whose stopped instances must be replaced by command; dead ones the leader replaces by itself. */
  readonly toReplace: readonly number[];
  readonly replacedByLeader: readonly number[];
}

/** Looks at every manager that is known, and says who could carry the swarm on. */
export async function surveyRecovery(
  ports: RecoveryPorts,
  target: ClusterTarget,
  deadline: Deadline,
): Promise<RecoverySurvey> {
  const sources = await readSources(ports, target, deadline);
  const managers = knownManagers(sources);
  const survivor = bestSurvivor(managers, sources.now);
  const nodes = statusNodes(sources.cluster, sources.records, sources);
  const toStop = managers.filter((manager) => manager !== survivor && isUp(manager));
  return {
    quorum: quorumOf(nodes.filter((node) => node.member)),
    managers,
    survivor,
    toStop: toStop.flatMap(({ instanceId }) => instanceId ?? []),
  };
}

function isUp({ instanceState }: KnownManager): boolean {
  return instanceState === "running" || instanceState === "pending";
}

/**
 * Proves that the swarm may be started again from the manager of a slot.
 * @throws OperationError `Refused` with all that is missing
 */
export async function proveRecovery(
  { writer, ...ports }: RecoveryPorts & { readonly writer: RegistryWriter },
  target: ClusterTarget,
  slot: number,
  deadline: Deadline,
): Promise<ProvenRecovery> {
  const sources = await readSources(ports, target, deadline);
  const decision = decideRecovery(sources, slot);
  if (decision.kind === "refused") throw refusal(target, slot, decision.reasons);
  const { survivor, generation } = decision;
  const others = knownManagers(sources).filter(({ instanceId }) => instanceId !== survivor.instanceId);
  const begin = async (): Promise<void> => {
    if (decision.kind === "already asked") return;
    const again = operatorCommand.recover(target);
    const made = await writeChange(writer, decision.change, target.cluster, deadline);
    if (!made) throw refusal(target, slot, [`its record was written meanwhile: look again with \`${again}\``]);
  };
  return { survivor, others, generation, askedBefore: decision.kind === "already asked", begin };
}

function refusal({ cluster }: ClusterTarget, slot: number, reasons: readonly string[]): OperationError {
  const list = reasons.map((reason) => `\n- ${reason}`).join("");
  return new OperationError("Refused", `${cluster} is not started again from ${managerName(slot)}:${list}`, {
    faults: reasons,
  });
}

async function readSources(
  { reader, instances }: RecoveryPorts,
  target: ClusterTarget,
  deadline: Deadline,
): Promise<RecoverySources> {
  const { cluster, records } = await readAll(reader, target.cluster, deadline.limit());
  try {
    const states = await instances.states(managerInstances(cluster, records), deadline.limit());
    return { target, cluster, records, instances: states, now: Date.now() };
  } catch (error) {
    throw instancesError(error, target.cluster);
  }
}

/** How to wait for a recovery. */
export interface RecoveryWait {
  readonly cluster: string;
  /** Called after every look with what was found and the seconds since the start. */
  readonly onUpdate?: (report: ReadinessReport, elapsedSeconds: number) => void;
}

/**
 * Waits until the survivor has published the swarm again.
 * @throws OperationError `NotDone` if time ran out, `Interrupted`
 */
export async function waitForRecovery(
  reader: RegistryReader,
  { survivor, others, generation }: ProvenRecovery,
  options: RecoveryWait,
  deadline: Deadline,
): Promise<RecoveryOutcome> {
  const slot = survivor.slot ?? 0;
  const look = async (before: Look | undefined): Promise<Look> => {
    const found = await lookAtSlot(reader, slot, before, options.cluster, deadline);
    const report = assessRecovery(slot, generation, found);
    options.onUpdate?.(report, deadline.elapsedSeconds);
    return { ...found, report };
  };
  const until = "the swarm was started again; the request stays, and the agent goes on with it";
  const { last, done, elapsedSeconds } = await watch(look, ({ report }) => report.ready, deadline, until);
  if (!done) {
    const head = `${options.cluster} is not started again after ${Math.round(elapsedSeconds)} s; the request stays:`;
    throw new OperationError("NotDone", [head, ...last.report.reasons.map((reason) => `- ${reason}`)].join("\n"));
  }
  const slots = (which: (manager: KnownManager) => boolean): readonly number[] => [
    ...new Set(others.filter(which).flatMap((manager) => manager.slot ?? [])),
  ];
  const toReplace = slots(({ instanceState }) => instanceState === "stopped");
  const replacedByLeader = slots(() => true).filter((each) => !toReplace.includes(each) && each !== slot);
  return { generation, survivor, elapsedSeconds, toReplace, replacedByLeader };
}

interface Look extends SlotLook {
  readonly report: ReadinessReport;
}

/** How far a recovery is, as a report to show. */
export function assessRecovery(
  slot: number,
  generation: number,
  { cluster, record, problem }: SlotLook,
): ReadinessReport {
  const done = problem === undefined && cluster?.phase === "ready" && cluster.generation >= generation;
  const phase = `${cluster?.phase ?? "unknown"}, generation ${cluster?.generation ?? "unknown"}`;
  const lines: readonly ReadinessLine[] = [
    { subject: "swarm", ready: done, text: problem ?? phase },
    { subject: `slot ${slot}`, ready: done, text: record === undefined ? "no record" : reportedState(record) },
  ];
  const missing = lines.filter((line) => !line.ready);
  return { ready: done, lines, reasons: missing.map((line) => `${line.subject}: ${line.text}`) };
}
