import { isStandingStill } from "../../../lib/agent/decide/forming/abandon";
import type { Change } from "../../../lib/agent/ports";
import { seededRecord } from "../../support/simulation/seeded-record";
import { NONCE } from "../world/table";
import { adding, changing, deciding, LOSSES, type Mutant, porting, setsPhase, step } from "./mutant";

const far = Number.POSITIVE_INFINITY;

/** Says nothing of the swarm that a node was in, while its record is unclaimed. */
const forgetting = adding(({ record, memory, docker }) =>
  record?.phase === "unclaimed" && memory.slotHeld && docker?.status.state === "inactive"
    ? [{ kind: "claim", epoch: record.epoch }]
    : [],
);

/** The claim, the publication, and what is written of the swarm. */
export const FOUNDING: Readonly<Record<string, Mutant>> = {
  "steal without renewal check": {
    mutation: adding(({ record, memory, docker, observation: { self } }) =>
      record?.phase === "initializing" &&
      record.owner !== self.instanceId &&
      memory.slotHeld &&
      docker?.status.state === "inactive"
        ? [{ kind: "steal", epoch: record.epoch, renewal: record.renewal }]
        : [],
    ),
    caughtBy: /^P3/,
    commands: ["moment", "tick"],
    seed: 1,
  },
  "leave on failed condition without re-read": {
    mutation: {
      believesRefusals: true,
      ports: ({ registry, docker, ...others }) => ({
        ...others,
        docker,
        registry: {
          ...registry,
          change: async (change) => {
            const result = await registry.change(change);
            if (!result.made && setsPhase(change, "forming")) await docker.leave();
            return result;
          },
        },
      }),
    },
    caughtBy: /^V3/,
    commands: ["moment", "tick"],
    seed: 110,
  },
  "token outside the transaction": {
    mutation: porting(({ registry }) => ({
      registry: {
        ...registry,
        change: async (change) => {
          const [cluster, token] = change.updates;
          if (!setsPhase(change, "forming") || token === undefined) return registry.change(change);
          const first = await registry.change({ ...change, updates: [cluster] });
          return first.made ? registry.change({ updates: [token] }) : first;
        },
      },
    })),
    caughtBy: /^V7/,
    commands: ["moment"],
    seed: 1,
  },
  "a manager that was in a swarm claims a record seeded anew": {
    mutation: forgetting,
    caughtBy: /^V1 two clusters were ready/,
    commands: {
      slots: 1,
      script: [step("leave by hand"), step("tick", 0, 0.9), step("tick", 0, 0.9), step("record seeded anew")],
    },
    seed: 1,
  },
  "absent record means claim": {
    mutation: porting(({ registry }) => ({
      registry: {
        ...registry,
        cluster: async () => (await registry.cluster()) ?? { ...seededRecord(NONCE), writeId: "none" },
        change: (change) => {
          if (!setsPhase(change, "initializing")) return registry.change(change);
          const [{ key, set }] = change.updates;
          return registry.change({
            updates: [
              { key, set: { nonce: NONCE, renewal: 0, generation: 0, managers: [], abandoned: [], ...set }, when: [] },
            ],
          });
        },
      },
    })),
    caughtBy: /^V[12]/,
    commands: ["registry emptied", ...LOSSES],
    seed: 4,
  },
  "forming reset without majority dead": {
    mutation: adding((situation) => {
      const { record, memory, docker, settings } = situation;
      const isMember = docker?.status.controlAvailable === true || !memory.slotHeld || settings.role === "worker";
      if (isMember || !isStandingStill(situation) || record?.clusterId === undefined) return [];
      return [{ kind: "abandon", epoch: record.epoch, clusterId: record.clusterId, writeId: record.writeId, dead: [] }];
    }),
    caughtBy: /^P5/,
    commands: ["EC2 error", "EC2 error", "minute", "minute"],
    seed: 11,
  },
  "promotion before the record names it": {
    mutation: changing((change) => ({
      ...change,
      updates: change.updates.map((update) => {
        const isAnnouncement = update.set["promoting"] !== undefined && update.set["summary"] === undefined;
        return isAnnouncement ? { ...update, set: {} } : update;
      }) as unknown as Change["updates"],
    })),
    caughtBy: /^L1/,
    // The registry is away from when the second member is there until the third has died on its way.
    commands: {
      slots: 3,
      formed: false,
      script: [
        step("moment", 0, 0.95),
        step("registry down"),
        step("moment", 0, 0.3),
        step("terminate instance", 2),
        step("minute", 0, 0.3),
        step("registry up"),
        step("minute", 0, 1),
      ],
    },
    seed: 24,
  },
  "token write ignoring index": {
    mutation: changing((change) => ({
      ...change,
      updates: change.updates.map((update) => ({
        ...update,
        when: update.when.filter((condition) => !("is" in condition && condition.is === "below")),
      })) as unknown as Change["updates"],
    })),
    caughtBy: /^V1 the token index/,
    // A write that is late arrives when its agent has crashed and the next one has written a newer token.
    commands: {
      slots: 1,
      script: [
        step("slow request", 0, 1),
        step("rotate token"),
        step("moment", 0, 0.7),
        step("crash agent"),
        step("rotate token"),
        step("minute", 0, 0.2),
      ],
    },
    seed: 2,
  },
  "late act without expiry": {
    mutation: deciding(({ actions }) => actions.map((action) => ({ ...action, expiresAt: far }))),
    caughtBy: /^V(11|9)/,
    commands: ["pause host", "resume host", "tick", "moment", "minute"],
    seed: 11,
  },
};
