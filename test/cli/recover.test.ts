import { describe, expect, test } from "vitest";
import type { InstanceState } from "../../lib/operations";
import type { Change } from "../../lib/registry/change";
import type { SlotRecord } from "../../lib/registry/records";
import { cluster, slotRecord } from "../operations/fixtures";
import { project, READY_CLUSTER, registry, runCli } from "./support";

/** A cluster of which manager-1 alone is left, without an answer from the swarm; and what EC2 says. */
function world(states: Readonly<Record<string, InstanceState>>) {
  const changes: Change[] = [];
  const updatedAt = new Date().toISOString();
  const old = new Date(Date.now() - 600_000).toISOString();
  const slots: readonly SlotRecord[] = [0, 1, 2].map((slot) =>
    slotRecord(slot, {
      nodeId: `node-m${slot}`,
      state: slot === 1 ? "joined" : "ready",
      step: slot === 1 ? "manager without an answer from the swarm" : "manager of the swarm",
      updatedAt: slot === 1 ? updatedAt : old,
    }),
  );
  const ready = cluster([], { phase: "ready", generation: 1 });
  return {
    changes,
    cwd: project(),
    instances: { states: async () => new Map(Object.entries(states)) },
    registry: {
      ...registry(),
      getCluster: async () => (changes.length === 0 ? READY_CLUSTER : ready),
      getSlot: async (slot: number) => slots[slot],
      scanNodes: async () => ({ nodes: [], slots, tombstones: [] }),
    },
    writer: {
      change: async (change: Change) => {
        changes.push(change);
        return { made: true } as const;
      },
    },
  };
}

const stopped = { "i-m0": "stopped", "i-m1": "running", "i-m2": "terminated" } as const;
const halfStopped = { ...stopped, "i-m2": "running" } as const;

describe("recover", () => {
  test("without a slot shows the managers, the survivor and the commands, and ends with 1", async () => {
    const { code, stdout } = await runCli(["recover", "dev"], world(halfStopped));
    expect(code).toBe(1);
    expect(stdout).toMatch(/^manager-1 +i-m1 +10\.20\.1\.10 +running +\d s ago +joined \(manager without an answer/m);
    expect(stdout).toMatch(/^manager-0 +i-m0 +10\.20\.0\.10 +stopped +10 min ago/m);
    expect(stdout).toContain("manager-1 is the one heard of last, and can carry the swarm on\n");
    expect(stdout).toContain("\n  aws ec2 stop-instances --region us-east-1 --instance-ids i-m2\n");
    expect(stdout).toContain("\n  npx cdktf-swarm recover dev --slot 1\n");
  });

  test("names the lab's command for stopping where the lab is asked", async () => {
    const env = { AWS_ENDPOINT_URL: "http://lab" };
    const { stdout } = await runCli(["recover", "dev"], { ...world(halfStopped), env });
    expect(stdout).toContain("\n  npx cdktf-swarm lab fault stop manager-2\n");
  });

  test("says so where there is nothing to recover, and where nobody is left", async () => {
    const running = { "i-m0": "running", "i-m1": "running", "i-m2": "running" } as const;
    const whole = world(running);
    const scanNodes = async () => ({ nodes: [], slots: [], tombstones: [] });
    const fine = await runCli(["recover", "dev"], { ...whole, registry: { ...whole.registry, scanNodes } });
    expect(fine.stdout).toContain("the swarm has its quorum: there is nothing to recover");
    const none = await runCli(["recover", "dev"], world({ ...stopped, "i-m1": "stopped" }));
    expect(none).toMatchObject({ code: 1, stdout: expect.stringContaining("none can carry the swarm on") });
  });

  test("with a slot proves, writes nothing, and ends with 1", async () => {
    const given = world(stopped);
    const { code, stdout } = await runCli(["recover", "dev", "--slot", "1"], given);
    expect(code).toBe(1);
    expect(stdout).toContain(
      "proven: manager-1 (i-m1) runs, and of the others none does:\n- manager-0: i-m0 is stopped\n",
    );
    expect(stdout).toMatch(/\nto do it: npx cdktf-swarm recover dev --slot 1 --yes\n$/);
    expect(given.changes).toEqual([]);
  });

  test("is refused without proof, --yes or not, and writes nothing", async () => {
    const given = world(halfStopped);
    const { code, stdout, stderr } = await runCli(["recover", "dev", "--slot", "1", "--yes"], given);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toBe(
      "error: dev is not started again from manager-1:\n- manager-2's instance i-m2 is running: stop it\n",
    );
    expect(given.changes).toEqual([]);
  });

  test("with --yes has the survivor start the swarm again, and tells what comes next", async () => {
    const given = world(stopped);
    const { code, stdout } = await runCli(["recover", "dev", "--slot", "1", "--yes"], given);
    expect(code).toBe(0);
    expect(given.changes).toHaveLength(1);
    expect(stdout).toBe(
      "the swarm is ready again after 0 s, led by manager-1 alone, generation 1\n" +
        "next: npx cdktf-swarm managers replace dev 0\n" +
        "      nothing for slot 2: the leader has dead instances replaced\n" +
        "      npx cdktf-swarm status dev\n",
    );
  });

  test("prints JSON at every step", async () => {
    const survey = await runCli(["recover", "dev", "--json"], world(halfStopped));
    expect(JSON.parse(survey.stdout)).toMatchObject({ survivor: { slot: 1 }, toStop: ["i-m2"] });
    const proven = await runCli(["recover", "dev", "--slot", "1", "--json"], world(stopped));
    expect({ code: proven.code, ...JSON.parse(proven.stdout) }).toMatchObject({ code: 1, generation: 1 });
    const done = await runCli(["recover", "dev", "--slot", "1", "--yes", "--json"], world(stopped));
    expect(JSON.parse(done.stdout)).toMatchObject({ toReplace: [0], replacedByLeader: [2] });
  });
});
