import { leaderships, type MemberView, managersOf, marginOf, type Sample } from "./sample";

/** A retired leader hands over; a slow machine may need a second election. */
const ELECTION_MILLISECONDS = 30_000;

/**
 * A leader without a majority, or nobody who leads for longer than an election takes. A member counts from the second
 * look at it on: Raft lists a new one before it can have answered, and of two that is no majority for that moment.
 */
export function quorumLoss(samples: readonly Sample[]): string | undefined {
  let led = samples[0]?.time ?? 0;
  let known: ReadonlySet<string> | undefined;
  for (const sample of samples) {
    const leaders = leaderships(sample);
    const when = new Date(sample.time).toISOString();
    if (leaders.some(({ members }) => marginOf(withoutNew(members, known)) < 0))
      return `the quorum was lost at ${when}`;
    if (leaders.length > 0) {
      led = sample.time;
      known = new Set(leaders.flatMap(({ members }) => managersOf(members).map(({ nodeId }) => nodeId)));
    } else if (sample.time - led > ELECTION_MILLISECONDS) {
      return `nobody led for ${(sample.time - led) / 1000} s at ${when}`;
    }
  }
  return undefined;
}

/** The members but for those that were none at the last look and do not answer yet. */
function withoutNew(members: readonly MemberView[], known: ReadonlySet<string> | undefined): readonly MemberView[] {
  const isNew = ({ nodeId, manager }: MemberView) =>
    known?.has(nodeId) === false && manager !== undefined && manager.reachability !== "reachable";
  return members.filter((member) => !isNew(member));
}
