import fc from "fast-check";
import type { Agent, Ports } from "../../lib/agent/agent";
import { isStandingStill } from "../../lib/agent/decide/abandon";
import { promotionCandidates } from "../../lib/agent/decide/promote";
import { type RosterEntry, rosterOf } from "../../lib/agent/decide/roster";
import { type Situation, situationOf } from "../../lib/agent/decide/situation";
import type { Action, ActionDetail, Decision } from "../../lib/agent/model";
import type { Change, Instance } from "../../lib/agent/ports";
import { type ClusterRecord, recordKey } from "../../lib/registry/records";
import { type Command, type CommandName, type Plan, plansOf } from "./plan";
import type { Machine } from "./world/machine";
import { NONCE } from "./world/table";
import type { Mutation } from "./world/world";

/** A protocol broken in one place, and what must notice. */
export interface Mutant {
  readonly mutation: Mutation;
  /** What the violation begins with. */
  readonly caughtBy: RegExp;
  /** Commands its plans are made of, or the very commands of its plan with the slots they are for. */
  readonly commands: readonly CommandName[] | { readonly slots: 1 | 3; readonly script: readonly Command[] };
  /** Seed of a plan that catches it. */
  readonly seed: number;
}

const far = Number.POSITIVE_INFINITY;

/** Rewrites every decision before it is acted on. */
function deciding(rewrite: (decision: Decision, situation: Situation) => readonly Action[]): Mutation {
  return {
    agent: (agent: Agent, { settings }: Machine) => {
      const { act } = agent as unknown as { act(decision: Decision): Promise<boolean> };
      const mutated = (decision: Decision) => {
        const { last, memory } = agent as unknown as { last: Situation["observation"]; memory: Situation["memory"] };
        const situation = situationOf(last, memory, settings);
        return act.call(agent, { ...decision, actions: rewrite(decision, situation) });
      };
      Object.defineProperty(agent, "act", { value: mutated });
    },
  };
}

/** Puts actions before those decided on, as soon as what they rest on is read. */
function adding(more: (situation: Situation) => readonly ActionDetail[]): Mutation {
  return deciding(({ actions }, situation) => [
    ...more(situation).map(
      (detail): Action => ({ ...detail, reason: "mutant", expiresAt: situation.observation.now + 10_000 }),
    ),
    ...actions,
  ]);
}

const porting = (ports: (ports: Ports) => Partial<Ports>): Mutation => ({
  ports: (real) => ({ ...real, ...ports(real) }),
});

const changing = (rewrite: (change: Change) => Change): Mutation =>
  porting(({ registry }) => ({ registry: { ...registry, change: (change) => registry.change(rewrite(change)) } }));

const describing = (rewrite: (instance: Instance) => Instance, missing?: Instance["state"]): Mutation =>
  porting(({ instances }) => ({
    instances: {
      describe: async (ids) => {
        const { found, missing: unknown } = await instances.describe(ids);
        const [self, ...others] = ids;
        const known = new Set(found.map(({ instanceId }) => instanceId));
        const lost = missing === undefined ? [] : others.filter((id) => !known.has(id));
        const own: readonly Instance[] =
          missing === undefined || self === undefined || known.has(self)
            ? []
            : [{ instanceId: self, state: "running" }];
        const made = lost.map((id): Instance => ({ instanceId: id, state: missing ?? "running" }));
        return { found: [...found.map(rewrite), ...own, ...made], missing: unknown.filter((id) => !lost.includes(id)) };
      },
      statusChecks: (ids) => instances.statusChecks(ids),
    },
  }));

const setsPhase = ({ updates }: Change, phase: ClusterRecord["phase"]) =>
  updates.some(({ key, set }) => key === recordKey.cluster && set["phase"] === phase);

function promoteAll({ leads, membership }: Situation, entries: readonly RosterEntry[]): readonly ActionDetail[] {
  if (!leads || membership === undefined) return [];
  return entries.flatMap(({ node, slotRecord }) => {
    if (slotRecord === undefined) return [];
    const { slot, instanceId } = slotRecord;
    const labels = { slot: String(slot) };
    return [
      { kind: "promote", slot, instanceId, nodeId: node.id, version: node.version, labels, ...membership } as const,
    ];
  });
}

const absent: Omit<ClusterRecord, "schema" | "minWriter" | "writeId"> = {
  nonce: NONCE,
  phase: "unclaimed",
  epoch: 0,
  renewal: 0,
  generation: 0,
  managers: [],
  abandoned: [],
};

const LOSSES: readonly CommandName[] = ["minute", "replace slot", "terminate instance", "moment", "minute"];

export const MUTANTS: Readonly<Record<string, Mutant>> = {
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
    commands: ["moment", "step"],
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
    commands: ["moment", "step"],
    seed: 13,
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
  "absent record means claim": {
    mutation: porting(({ registry }) => ({
      registry: {
        ...registry,
        cluster: async () => (await registry.cluster()) ?? { ...absent, schema: 1, minWriter: 1, writeId: "none" },
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
  "leave on `pending`": {
    mutation: porting(({ docker }) => ({
      docker: {
        ...docker,
        status: async () => {
          const status = await docker.status();
          if (status.state === "pending") await docker.leave();
          return status;
        },
      },
    })),
    caughtBy: /^V3/,
    commands: ["everything off", "crash dockerd", "reboot host", "minute"],
    seed: 20,
  },
  "leave on JoinInProgress with a certificate": {
    mutation: porting(({ docker }) => {
      let inProgress = false;
      return {
        docker: {
          ...docker,
          join: (options) =>
            docker.join(options).catch((error: unknown) => {
              inProgress = String(error).includes("in the background");
              throw error;
            }),
          status: async () => {
            const status = await docker.status();
            if (inProgress && status.nodeId !== undefined) await docker.leave();
            return status;
          },
        },
      };
    }),
    caughtBy: /^V3/,
    // The manager it asks has no quorum for longer than dockerd waits.
    commands: {
      slots: 3,
      script: [
        { name: "pause host", target: 1, amount: 0 },
        { name: "pause host", target: 2, amount: 0 },
        { name: "launch worker", target: 0, amount: 0 },
        { name: "minute", target: 0, amount: 0.35 },
        { name: "resume host", target: 0, amount: 0 },
        { name: "minute", target: 0, amount: 0.5 },
      ],
    },
    seed: 1,
  },
  "rm right after demote": {
    mutation: porting(({ docker }) => ({
      docker: {
        ...docker,
        updateNode: async (id, version, change) => {
          await docker.updateNode(id, version, change);
          if (change.role === "worker") await docker.removeNode(id);
        },
      },
    })),
    caughtBy: /^V4/,
    commands: LOSSES,
    seed: 14,
  },
  "promote before the predecessor is gone": {
    mutation: adding((situation) => promoteAll(situation, promotionCandidates(situation).slice(0, 1))),
    caughtBy: /^V4/,
    commands: LOSSES,
    seed: 150,
  },
  "UNKNOWN taken for Down": {
    mutation: porting(({ docker }) => ({
      docker: {
        ...docker,
        nodes: async () =>
          (await docker.nodes()).map((node) => (node.state === "unknown" ? { ...node, state: "down" } : node)),
      },
    })),
    caughtBy: /^P8/,
    commands: ["launch worker", "terminate instance", "terminate instance", "crash dockerd", "moment", "minute"],
    seed: 93,
  },
  "empty EC2 answer means dead": {
    mutation: describing((instance) => instance, "terminated"),
    caughtBy: /^(V6|P5)/,
    commands: ["EC2 empty", "pause host", "crash dockerd", "minute", "minute"],
    seed: 275,
  },
  "stopped means dead": {
    mutation: describing((instance) =>
      instance.state === "stopped" ? { ...instance, state: "terminated" } : instance,
    ),
    caughtBy: /^V6/,
    commands: ["stop and start host", "minute", "minute"],
    seed: 25,
  },
  "late act without expiry": {
    mutation: deciding(({ actions }) => actions.map((action) => ({ ...action, expiresAt: far }))),
    caughtBy: /^V(11|9)/,
    commands: ["pause host", "resume host", "step", "moment", "minute"],
    seed: 7,
  },
  "two promotions in flight": {
    mutation: adding((situation) => promoteAll(situation, promotionCandidates(situation))),
    caughtBy: /^P6/,
    commands: ["moment"],
    seed: 1,
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
    seed: 38,
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
        { name: "slow request", target: 0, amount: 1 },
        { name: "rotate token", target: 0, amount: 0 },
        { name: "moment", target: 0, amount: 0.7 },
        { name: "crash agent", target: 0, amount: 0 },
        { name: "rotate token", target: 0, amount: 0 },
        { name: "minute", target: 0, amount: 0.2 },
      ],
    },
    seed: 5,
  },
  "fighting an operator's demotion": {
    mutation: adding((situation) =>
      promoteAll(
        situation,
        rosterOf(situation).filter(
          ({ node }) => node.role === "worker" && node.manager === undefined && node.state === "ready",
        ),
      ),
    ),
    caughtBy: /^P14/,
    commands: ["demote by hand", "minute"],
    seed: 364,
  },
};

/** The plan a mutant is tried with. */
export function planFor({ commands }: Pick<Mutant, "commands">, seed: number): Plan {
  if ("script" in commands) return { seed, slots: commands.slots, workers: 0, formed: true, commands: commands.script };
  const [plan] = fc.sample(fc.noBias(plansOf(commands)), { seed, numRuns: 1 });
  if (plan === undefined) throw new Error("no plan");
  return plan;
}
