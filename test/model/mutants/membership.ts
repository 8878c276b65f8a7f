import { promotionCandidates } from "../../../lib/agent/decide/membership/promote";
import { adding, describing, docking, LOSSES, type Mutant, promoteAll, step } from "./mutant";

/** Who joins, is promoted, and goes. */
export const MEMBERSHIP: Readonly<Record<string, Mutant>> = {
  "leave on `pending`": {
    mutation: docking((docker) => ({
      status: async () => {
        const status = await docker.status();
        if (status.state === "pending") await docker.leave();
        return status;
      },
    })),
    caughtBy: /^V3/,
    commands: ["everything off", "crash dockerd", "reboot host", "minute"],
    seed: 2,
  },
  "leave on JoinInProgress with a certificate": {
    mutation: docking((docker) => {
      let inProgress = false;
      return {
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
      };
    }),
    caughtBy: /^V3/,
    // The manager it asks has no quorum for longer than dockerd waits.
    commands: {
      slots: 3,
      script: [
        step("pause host", 1),
        step("pause host", 2),
        step("launch worker"),
        step("minute", 0, 0.35),
        step("resume host"),
        step("minute", 0, 0.5),
      ],
    },
    seed: 1,
  },
  "rm right after demote": {
    mutation: docking((docker) => ({
      updateNode: async (id, version, change) => {
        await docker.updateNode(id, version, change);
        if (change.role === "worker") await docker.removeNode(id);
      },
    })),
    caughtBy: /^V4/,
    commands: LOSSES,
    seed: 1,
  },
  "promote before the predecessor is gone": {
    mutation: adding((situation) => promoteAll(situation, promotionCandidates(situation).slice(0, 1))),
    caughtBy: /^V4/,
    // The successor takes the slot while there is no quorum; then nobody can tell the leader that its predecessor is dead.
    commands: {
      slots: 3,
      script: [
        step("terminate instance", 1),
        step("pause host", 1),
        step("replace dead instance"),
        ...Array.from({ length: 3 }, () => step("minute", 0, 1)),
        step("EC2 error"),
        step("crash agent", 0),
        step("crash agent", 1),
        step("resume host"),
        ...Array.from({ length: 2 }, () => step("minute", 0, 1)),
      ],
    },
    seed: 4,
  },
  "UNKNOWN taken for Down": {
    mutation: docking((docker) => ({
      nodes: async () =>
        (await docker.nodes()).map((node) => (node.state === "unknown" ? { ...node, state: "down" } : node)),
    })),
    caughtBy: /^P8/,
    commands: ["launch worker", "terminate instance", "terminate instance", "crash dockerd", "moment", "minute"],
    seed: 1,
  },
  "empty EC2 answer means dead": {
    mutation: describing((instance) => instance, "terminated"),
    caughtBy: /^(V6|P5)/,
    commands: ["EC2 empty", "pause host", "crash dockerd", "minute", "minute"],
    seed: 5,
  },
  "stopped means dead": {
    mutation: describing((instance) =>
      instance.state === "stopped" ? { ...instance, state: "terminated" } : instance,
    ),
    caughtBy: /^V6/,
    commands: ["stop and start host", "minute", "minute"],
    seed: 3,
  },
  "shutting down means terminated": {
    mutation: describing((instance) =>
      instance.state === "shutting-down" ? { ...instance, state: "terminated" } : instance,
    ),
    caughtBy: /^(P8|V5)/,
    commands: ["launch worker", "terminate instance", "crash dockerd", "moment", "minute"],
    seed: 1,
  },
  "two promotions in flight": {
    mutation: adding((situation) => promoteAll(situation, promotionCandidates(situation))),
    caughtBy: /^P6/,
    commands: ["moment"],
    seed: 1,
  },
  "fighting an operator's demotion": {
    mutation: adding((situation) =>
      promoteAll(
        situation,
        situation.roster.filter(
          ({ node }) => node.role === "worker" && node.manager === undefined && node.state === "ready",
        ),
      ),
    ),
    caughtBy: /^P14/,
    commands: ["demote by hand", "minute"],
    seed: 3,
  },
};
