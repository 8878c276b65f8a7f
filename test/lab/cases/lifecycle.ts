import { expect, test } from "vitest";
import { remainingResources } from "../support/account";
import type { Project } from "../support/project";
import { statusOf } from "./formation";

/** Deploying again, growing a pool, and taking everything down. */
export function lifecycle(project: Project): void {
  test("fails when a second deploy, or a plan after it, finds something to change", () => {
    const before = statusOf(project);

    const again = project.swarm("lab", "up", "dev");
    const plan = project.terraform("plan", "-detailed-exitcode", "-input=false", "-no-color", "-lock=false");

    expect(again.stdout + again.stderr).toMatch(/no changes/i);
    expect(again.status).toBe(0);
    expect(plan.stdout).toMatch(/No changes/);
    expect(plan.status).toBe(0);
    expect(statusOf(project)).toMatchObject({ phase: "ready", nodes: before.nodes.map(({ state }) => ({ state })) });
  });

  test("fails when one more worker changes anything but its group and the gate, or is not Ready after deploy", () => {
    project.edit(/desired: 2\b/, "desired: 3");
    const synthesized = project.cdktf("synth", "dev");
    expect(synthesized.status, synthesized.stderr).toBe(0);
    const plan = project.terraform("plan", "-input=false", "-no-color", "-lock=false");
    const changed = [...plan.stdout.matchAll(/^ {2}# (\S+) (?:will be|must be) (\S+)/gm)].map(
      ([, address, how]) => `${address} ${how}`,
    );

    const deployed = project.cdktf("deploy", "dev", "--auto-approve");

    expect(changed).toEqual([
      expect.stringMatching(/^aws_autoscaling_group\.\w*general\w* updated/),
      expect.stringMatching(/^terraform_data\.\w*Readiness\w* replaced/),
    ]);
    expect(deployed.status, deployed.stdout + deployed.stderr).toBe(0);
    const workers = statusOf(project).nodes.filter(({ role, state }) => role === "worker" && state === "ready");
    expect(workers).toHaveLength(3);
  });

  test("fails when destroy leaves anything in the account", async () => {
    const endpoint = project.labEnvironment()["AWS_ENDPOINT_URL"] ?? "";
    // The list sees what is there: else an empty one would prove nothing.
    expect((await remainingResources(endpoint)).length).toBeGreaterThan(20);

    const destroyed = project.cdktf("destroy", "dev", "--auto-approve");

    expect(destroyed.status, destroyed.stdout + destroyed.stderr).toBe(0);
    expect(await remainingResources(endpoint)).toEqual([]);
  });
}
