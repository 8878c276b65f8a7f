import { OperationError } from "../errors";
import { type ClusterTarget, operatorCommand } from "../operator-commands";
import type { ClusterRecord, SlotRecord } from "../registry/records";
import type { RegistryWriter } from "./connect";
import { Deadline, type TimeLimit } from "./deadline";
import { managerName } from "./manager-slots";
import { quorumOf, votes } from "./quorum";
import type { ReadinessReport } from "./readiness";
import { type RegistryReader, readAll } from "./registry-reader";
import { decideRetirement, type RetirementWish } from "./retirement";
import { assessRetirement, nextSteps, type RetiringSlot } from "./retirement-progress";
import { lookAtSlot, type SlotLook } from "./slot-look";
import { throwIfInterrupted, watch } from "./watch";
import { writeChange } from "./write-change";

/** What is asked of a manager slot, and how to wait for it. */
export interface RetireOptions extends TimeLimit, ClusterTarget {
  readonly slot: number;
  readonly wish: RetirementWish;
  /** Whether to return only once it is done. */
  readonly wait: boolean;
  /** Called after every look with what was found and the seconds since the start. */
  readonly onUpdate?: (report: ReadinessReport, elapsedSeconds: number) => void;
}

/** What became of the request. */
export interface RetireOutcome {
  readonly environment?: string;
  readonly cluster: string;
  readonly slot: number;
  readonly wish: RetirementWish;
  /** The instance that held the slot when it was asked for. */
  readonly instanceId: string;
  /** Whether it had been asked for before. */
  readonly askedBefore: boolean;
  readonly done: boolean;
  /** The instance that holds the slot now. */
  readonly holder: string;
  /** Members of Raft at the end. */
  readonly managers: number;
  /** What to do next, in words. */
  readonly next: readonly string[];
  readonly elapsedSeconds: number;
}

/** Times a decision is made anew because a record changed under it. */
const DECISIONS = 3;

/**
 * Asks the leader to take a manager's instance out of the swarm, for good or for another one, or takes that back; the
 * request is in the registry, and stays there whatever becomes of the caller.
 * @throws OperationError `Refused` with every reason; `NotDone` if time ran out; `TakenBack`; `Interrupted`
 */
export async function retireManager(
  reader: RegistryReader,
  writer: RegistryWriter,
  options: RetireOptions,
): Promise<RetireOutcome> {
  const deadline = new Deadline(options);
  const asked = await ask(reader, writer, options, deadline);
  const subject = { slot: options.slot, wish: options.wish, instanceId: asked.holder.instanceId };
  const ended = options.wait
    ? await waitFor(reader, subject, options, deadline)
    : { cluster: asked.cluster, record: asked.holder, done: false, elapsedSeconds: 0 };
  const { environment, cluster, slot, wish } = options;
  const { members } = quorumOf(ended.cluster?.summary?.members ?? []);
  return {
    environment,
    cluster,
    slot,
    wish,
    instanceId: subject.instanceId,
    askedBefore: asked.before,
    done: ended.done,
    holder: ended.record?.instanceId ?? subject.instanceId,
    managers: members,
    next: ended.done
      ? nextSteps(options, wish, (ended.cluster?.summary?.members ?? []).filter(votes))
      : [`\`${operatorCommand.status(options)}\` shows how far it is`],
    elapsedSeconds: ended.elapsedSeconds,
  };
}

interface Asked {
  readonly before: boolean;
  readonly holder: SlotRecord;
  readonly cluster: ClusterRecord | undefined;
}

/** Decides and writes; what changed in between is looked at again. */
async function ask(
  reader: RegistryReader,
  writer: RegistryWriter,
  options: RetireOptions,
  deadline: Deadline,
): Promise<Asked> {
  const { cluster: name, slot, wish, signal } = options;
  for (let attempt = 1; attempt <= DECISIONS; attempt += 1) {
    const { cluster, records } = await readAll(reader, name, deadline.limit());
    const holder = records.slots.find((record) => record.slot === slot);
    const decision = decideRetirement({ target: options, slot, wish, cluster, records, now: Date.now() });
    if (decision.kind === "refused") throw refusal(slot, wish, decision.reasons);
    if (holder === undefined) throw refusal(slot, wish, [`slot ${slot} has no instance`]);
    if (decision.kind === "already asked") return { before: true, holder, cluster };
    throwIfInterrupted(signal, "anything was written");
    if (await writeChange(writer, decision.change, name, deadline)) return { before: false, holder, cluster };
  }
  throw refusal(slot, wish, ["the cluster changes while it is decided on: try again in a moment"]);
}

const VERBS: Readonly<Record<RetirementWish, string>> = { remove: "retired", replace: "replaced", cancel: "kept" };

function refusal(slot: number, wish: RetirementWish, reasons: readonly string[]): OperationError {
  const text = reasons.length === 1 ? ` ${reasons[0]}` : reasons.map((reason) => `\n- ${reason}`).join("");
  return new OperationError("Refused", `${managerName(slot)} cannot be ${VERBS[wish]}:${text}`, { faults: reasons });
}

/** What one look found. */
interface Look extends SlotLook {
  readonly report: ReadinessReport;
}

async function waitFor(reader: RegistryReader, subject: RetiringSlot, options: RetireOptions, deadline: Deadline) {
  const name = managerName(subject.slot);
  const verb = VERBS[subject.wish];
  const look = async (before: Look | undefined): Promise<Look> => {
    const found = await lookAtSlot(reader, subject.slot, before, options.cluster, deadline);
    const report = assessRetirement(subject, found, Date.now());
    options.onUpdate?.(report, deadline.elapsedSeconds);
    return { ...found, report };
  };
  const { last, done, elapsedSeconds } = await watch(
    look,
    ({ report }) => report.ready,
    deadline,
    `${name} was ${verb}; the request stays, and the leader goes on with it`,
  );
  if (done) return { ...last, done, elapsedSeconds };
  const lines = [
    `${name} is not ${verb} after ${Math.round(elapsedSeconds)} s; the request stays:`,
    ...last.report.reasons.map((reason) => `- ${reason}`),
    ...(last.cluster?.summary?.faults ?? []).map((fault) => `- the leader reports: ${fault}`),
    `- see \`${operatorCommand.status(options)}\``,
  ];
  throw new OperationError("NotDone", lines.join("\n"));
}
