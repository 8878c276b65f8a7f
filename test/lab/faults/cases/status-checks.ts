import type { FaultCase } from "../case";
import { followersOf, host, managerNames } from "../facts";
import { leaderships, marginOf } from "../watch/sample";

/** The agents wait five minutes before they believe a failed check: watched for that long after it. */
const WATCHED_SECONDS = 600;
/** A minute until the checks are read again, and one for retiring a slot. */
const REPLACED_SECONDS = 150;

/** Two of three managers fail their status checks at once: replacing one would be a gamble on the other. */
export const checksFail: FaultCase = {
  number: 20,
  title: "two of three managers fail status checks at once: at most one replaced, and only with quorum",
  async run(scene) {
    const failing = followersOf(scene.now).map((name) => host(scene.now, name).instanceId);
    const names = managerNames(scene.now);
    const before = names.map((name) => host(scene.now, name).instanceId);
    for (const instanceId of failing) await scene.lab.statusChecks(instanceId, "impaired");

    await scene.holds("at most one is replaced, and only with a quorum", WATCHED_SECONDS, (sample) => {
      const gone = before.filter((id) => !sample.instances.some((each) => each.id === id && each.state === "running"));
      if (gone.length > 1) return `${gone.join(" and ")} are gone`;
      return leaderships(sample).some(({ members }) => marginOf(members) < 0) ? "the quorum is lost" : undefined;
    });
    // That the checks count at all shows as soon as one of the two is well again.
    const [well, ill] = failing;
    if (well === undefined || ill === undefined) throw new Error("there are no two followers");
    await scene.lab.statusChecks(well, "ok");
    await scene.within("the other one is replaced once the first is well", REPLACED_SECONDS, ({ instances }) =>
      instances.some(({ id, state }) => id === ill && state === "running") ? `${ill} runs` : undefined,
    );
  },
};
