import type { LeaderSituation } from "../situation/leader";
import { actionFor, type Finding } from "../situation/situation";

/** Time between two writes by which a leader proves that a majority confirms any. */
const PROOF_INTERVAL = 60_000;
/** For how long none must have been confirmed for it to be a fault: a change of leader takes some seconds. */
const OVERDUE = 20_000;

/** A swarm whose managers all answer may confirm no write: one of them still reads the log. The leader tries (P20). */
export function proveWrites({ membership, observation, memory }: LeaderSituation): Finding {
  const { now } = observation;
  const { provenAt, unprovenSince, attempts } = memory;
  const isOverdue = unprovenSince !== undefined && now - unprovenSince >= OVERDUE;
  const error = attempts["prove-writes"]?.error;
  const reasons = isOverdue
    ? [`the swarm confirms no write, though its managers may answer: ${error ?? "no answer"}`]
    : [];
  const isDue = unprovenSince !== undefined || provenAt === undefined || now - provenAt >= PROOF_INTERVAL;
  if (!isDue) return { reasons };
  const detail = { kind: "prove-writes", ...membership } as const;
  return { actions: [actionFor(detail, "the last proof is old", observation, observation.docker)], reasons };
}
