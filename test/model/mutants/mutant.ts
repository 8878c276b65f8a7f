import type { Agent, Ports } from "../../../lib/agent/agent";
import type { RosterEntry } from "../../../lib/agent/decide/situation/roster";
import { type Situation, situationOf } from "../../../lib/agent/decide/situation/situation";
import type { Action, ActionDetail, Decision } from "../../../lib/agent/model";
import type { Change, Docker, Instance } from "../../../lib/agent/ports";
import { type ClusterRecord, recordKey } from "../../../lib/registry/records";
import type { CommandName } from "../deeds/deeds";
import type { Command } from "../plan";
import type { Machine } from "../world/machine";
import type { Mutation } from "../world/world";

/** A protocol broken in one place, and what must notice. */
export interface Mutant {
  readonly mutation: Mutation;
  /** What the violation begins with. */
  readonly caughtBy: RegExp;
  /** Commands its plans are made of, or its plan. */
  readonly commands: readonly CommandName[] | Script;
  /** Seed of a plan that catches it. */
  readonly seed: number;
}

/** The very commands of a plan, done to a formed swarm unless said otherwise. */
interface Script {
  readonly slots: 1 | 3 | 5;
  readonly formed?: boolean;
  readonly script: readonly Command[];
}

/** A command of a script: to which machine, counted round, and how much of it. */
export const step = (name: CommandName, target = 0, amount = 0): Command => ({ name, target, amount });

/** Rewrites every decision before it is acted on. */
export function deciding(rewrite: (decision: Decision, situation: Situation) => readonly Action[]): Mutation {
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
export function adding(more: (situation: Situation) => readonly ActionDetail[]): Mutation {
  return deciding(({ actions }, situation) => [
    ...more(situation).map(
      (detail): Action => ({ ...detail, reason: "mutant", expiresAt: situation.observation.now + 10_000 }),
    ),
    ...actions,
  ]);
}

export const porting = (ports: (ports: Ports) => Partial<Ports>): Mutation => ({
  ports: (real) => ({ ...real, ...ports(real) }),
});

/** Puts other answers, or other requests, in the place of some of dockerd's. */
export const docking = (some: (docker: Docker) => Partial<Docker>): Mutation =>
  porting(({ docker }) => ({ docker: { ...docker, ...some(docker) } }));

export const changing = (rewrite: (change: Change) => Change): Mutation =>
  porting(({ registry }) => ({ registry: { ...registry, change: (change) => registry.change(rewrite(change)) } }));

export const describing = (rewrite: (instance: Instance) => Instance, missing?: Instance["state"]): Mutation =>
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

export const setsPhase = ({ updates }: Change, phase: ClusterRecord["phase"]): boolean =>
  updates.some(({ key, set }) => key === recordKey.cluster && set["phase"] === phase);

export function promoteAll(situation: Situation, entries: readonly RosterEntry[]): readonly ActionDetail[] {
  const { leads, membership } = situation;
  if (!leads || membership === undefined) return [];
  return entries.flatMap(({ node, slotRecord }) => {
    if (slotRecord === undefined) return [];
    const { slot, instanceId, address } = slotRecord;
    const { id: nodeId, version } = node;
    const labels = { slot: String(slot) };
    const managers = situation.record?.managers ?? [];
    return [{ kind: "promote", slot, instanceId, address, managers, nodeId, version, labels, ...membership } as const];
  });
}

/** What costs a swarm one manager after the other. */
export const LOSSES: readonly CommandName[] = [
  "minute",
  "replace dead instance",
  "terminate instance",
  "moment",
  "minute",
];
