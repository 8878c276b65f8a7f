import type { Action } from "../../../lib/agent/model";
import { adding, deciding, docking, type Mutant, porting, step } from "./mutant";

const without = (unwanted: (action: Action) => boolean) =>
  deciding(({ actions }) => actions.filter((action) => !unwanted(action)));

/** What a swarm gets over by itself: full disks, lost state, and what is done to nodes by hand. */
export const HEALING: Readonly<Record<string, Mutant>> = {
  "an `error` without an error taken for one": {
    mutation: docking((docker) => ({
      status: async () => {
        const status = await docker.status();
        return status.state === "error" ? { ...status, error: status.error ?? "unknown" } : status;
      },
    })),
    caughtBy: /^(V12|L1)/,
    commands: {
      slots: 3,
      script: [
        ...[0, 1, 2].flatMap((target) => [step("fill disk", target, 0.6), step("minute", 0, 1), step("minute", 0, 1)]),
      ],
    },
    seed: 1,
  },
  "a failed dockerd left alone": {
    mutation: without(({ kind }) => kind === "restart-engine"),
    caughtBy: /^L1/,
    commands: { slots: 1, script: [step("launch worker"), step("minute", 0, 0.5), step("fill disk", 1, 0.4)] },
    seed: 1,
  },
  "restart of whatever is in error": {
    mutation: adding(({ docker }) => (docker?.status.state === "error" ? [{ kind: "restart-engine" }] : [])),
    caughtBy: /^V12/,
    commands: {
      slots: 3,
      script: [step("launch worker"), step("minute", 0, 0.5), step("remove by hand", 0, 0.9), step("minute", 0, 1)],
    },
    seed: 1,
  },
  "an instance's former node kept": {
    mutation: without(({ reason }) => reason.includes("runs as node")),
    caughtBy: /^L1/,
    commands: { slots: 3, script: [step("lose state", 1)] },
    seed: 1,
  },
  "a down node of a living instance taken for a former one": {
    mutation: adding(({ leads, membership, docker }) => {
      const down = docker?.nodes?.find(({ state, role }) => state === "down" && role === "manager");
      if (!leads || membership === undefined || down === undefined) return [];
      return [{ kind: "demote", nodeId: down.id, version: down.version, ...membership }];
    }),
    caughtBy: /^V6/,
    commands: { slots: 3, script: [step("stop and start host", 1), step("minute", 0, 0.5)] },
    seed: 1,
  },
  "a removal by force not told": {
    mutation: without(({ kind }) => kind === "disown"),
    caughtBy: /^L1/,
    commands: {
      slots: 3,
      script: [step("launch worker"), step("minute", 0, 0.5), step("remove by hand", 0, 0)],
    },
    seed: 1,
  },
  "whoever answers counted as caught up": {
    mutation: porting(({ registry }) => ({
      registry: {
        ...registry,
        table: async () => {
          const table = await registry.table();
          return { ...table, slots: table.slots.map((slot) => ({ ...slot, state: "ready" })) };
        },
      },
    })),
    caughtBy: /^V5/,
    commands: {
      slots: 3,
      script: [0, 1].flatMap((slot) => [
        step("replace slot", slot),
        ...Array.from({ length: 30 }, () => [
          step("moment", 0, 0.9),
          ...Array.from({ length: 4 }, (_, target) => step("slow replay", target, 1)),
        ]).flat(),
      ]),
    },
    seed: 1,
  },
};
