import { entryOf } from "../../../lib/agent/decide/situation/roster";
import { adding, deciding, docking, type Mutant, porting, step } from "./mutant";

/** Of a world whose managers are locked from the beginning. */
const LOCKED_SEED = 7;

/** Two of three are lost for good, the third carries on; its dockerd was restarted before, or runs on. */
const lossOfTwo = (isRestarted: boolean): Mutant["commands"] => ({
  slots: 3,
  script: [
    step("terminate instance"),
    step("terminate instance"),
    step("minute", 0, 0.5),
    ...(isRestarted ? [step("crash dockerd")] : []),
    step("recover"),
    ...Array.from({ length: 5 }, () => step("minute", 0, 1)),
  ],
});

/** The slots, recovery, and what is on the disk. */
export const SLOTS: Readonly<Record<string, Mutant>> = {
  "recover without generation": {
    mutation: {
      keepsGeneration: true,
      ...adding(({ record, docker, observation: { self } }) =>
        record?.phase === "recovering" &&
        record.recovery?.instanceId === self.instanceId &&
        record.clusterId !== undefined &&
        docker?.self?.manager?.leader !== true
          ? [{ kind: "force-new-cluster", clusterId: record.clusterId, generation: record.generation }]
          : [],
      ),
    },
    caughtBy: /^V2/,
    // Two of three are cut off, the third carries on; the others, which were stopped, come back.
    commands: {
      slots: 3,
      script: [
        step("cut off"),
        step("cut a pair off", 1, 0.2),
        step("minute", 0, 0.3),
        step("recover", 0, 0.5),
        step("heal network"),
        ...Array.from({ length: 15 }, () => step("minute", 0, 1)),
      ],
    },
    seed: 1,
  },
  "starting a locked swarm again without a word of its lock": {
    mutation: docking((docker) => ({
      forceNewCluster: (options) => docker.forceNewCluster({ ...options, autolock: false }),
    })),
    caughtBy: /^P13 .* without its lock/,
    commands: lossOfTwo(false),
    seed: LOCKED_SEED,
  },
  "unlocking before the swarm is started again": {
    mutation: deciding(({ actions }) =>
      actions.map((action) => (action.kind === "open-disk" ? { ...action, kind: "unlock" } : action)),
    ),
    caughtBy: /^L1/,
    commands: lossOfTwo(true),
    seed: LOCKED_SEED,
  },
  "starting the swarm again from a locked disk": {
    mutation: porting(({ diskLock }) => ({ diskLock: { ...diskLock, isOn: async () => false } })),
    caughtBy: /^L1/,
    commands: lossOfTwo(false),
    seed: LOCKED_SEED,
  },
  "replacing a second manager while the first is out": {
    mutation: adding((situation) => {
      const { leads, membership, observation, record } = situation;
      if (!leads || membership === undefined || record?.phase !== "ready") return [];
      const roster = situation.roster;
      const slots = observation.table?.value.slots ?? [];
      const isOut = slots.some((slot) => entryOf(roster, slot)?.node.manager?.reachability !== "reachable");
      const next = slots.find(
        (slot) => slot.retire === undefined && entryOf(roster, slot)?.node.manager?.leader === false,
      );
      if (!isOut || next === undefined) return [];
      const { slot, instanceId } = next;
      return [{ kind: "retire-slot", slot, instanceId, why: "it is its turn", ...membership }];
    }),
    caughtBy: /^P19/,
    commands: ["terminate instance", "replace slot", "minute", "minute", "moment"],
    seed: 2,
  },
  "a proof of quorum that asks nobody": {
    mutation: docking((docker) => ({
      updateNode: async (id, version, change) => {
        if (Object.keys(change).length > 0) await docker.updateNode(id, version, change);
      },
    })),
    caughtBy: /^P19 .* after its majority was lost/,
    commands: ["terminate instance", "moment", "crash dockerd", "minute"],
    seed: 110,
  },
  "no guard before dockerd": {
    mutation: { guard: false },
    caughtBy: /^V8/,
    commands: ["launch from image", "moment"],
    seed: 1,
  },
};
