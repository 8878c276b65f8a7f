import type { FaultCase } from "../case";
import { changed, leaderOf, roll } from "../facts";
import { hostNamed, leaderships, type Sample } from "../watch/sample";

/** For how long the zone stays cut off once the rest has a leader. */
const CUT_SECONDS = 60;

/** The leader's zone is cut off from the others, and EC2 still answers in it: the minority must not act on that. */
export const zoneCutOff: FaultCase = {
  number: 14,
  title: "leader's AZ cut off, EC2 API reachable from it: minority removes nothing, new leader",
  async run(scene) {
    const old = leaderOf(scene.now);
    const members = roll(scene.now);
    const zone = zoneOf(scene.now, old);
    const cut = Date.now();
    await scene.lab.fault("partition", "--az", zone, "--keep-api");

    await scene.within(
      "a new leader outside",
      65,
      (sample) => {
        const [leader] = leaderships(sample).filter(({ host }) => host.name !== old);
        return leader === undefined ? "nobody leads outside" : undefined;
      },
      cut,
    );
    // The old leader takes some seconds to see that it leads nobody; its word counts as much until then.
    await scene.holds("nobody is removed, on either side", CUT_SECONDS, (sample) => changed(members, sample));
    await scene.lab.fault("heal");
  },
};

function zoneOf(sample: Sample, name: string): string {
  const instanceId = hostNamed(sample, name)?.instanceId;
  return sample.instances.find(({ id }) => id === instanceId)?.availabilityZone ?? "";
}
