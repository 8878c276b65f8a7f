import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from "@aws-sdk/client-auto-scaling";
import { expect, test, vi } from "vitest";
import type { Project } from "../support/project";

/** Longer than three deploys one after the other, two of which wait for nodes. */
const CASE_MILLISECONDS = 10 * 60_000;

/** `examples/three-stacks.ts`: a swarm whose network, cluster and pool are stacks of their own, in an empty account. */
export function composition(project: Project): void {
  test(
    "fails when the nodes of three stacks are not one swarm, or one of them may not complete its launch",
    async () => {
      // WHEN
      const deployed = await project.deploying(
        ...["deploy", "network", "cluster", "batch", "--auto-approve", "--skip-provider-lock"],
        ...["--app", "node dist/examples/three-stacks.js", "--output", "cdktf.three"],
      );

      // THEN
      expect(deployed.status, deployed.stdout + deployed.stderr).toBe(0);
      const nodes = project.exec("manager-0", "docker", "node", "ls", "--format", "{{.Status}} {{.ManagerStatus}}");
      expect(
        nodes
          .split("\n")
          .map((line) => line.trim())
          .sort(),
      ).toEqual(["", "Ready", "Ready Leader"]);
      // The node completes its hook after the gate has seen it Ready.
      await vi.waitFor(async () => expect(await lifeOf(project, "trio-worker-batch")).toEqual(["InService"]), {
        timeout: 60_000,
        interval: 1_000,
      });
    },
    CASE_MILLISECONDS,
  );
}

/** Where in their lives the instances of a group are. */
async function lifeOf(project: Project, group: string): Promise<readonly (string | undefined)[]> {
  const client = new AutoScalingClient({
    endpoint: project.labEnvironment()["AWS_ENDPOINT_URL"],
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
  try {
    const { AutoScalingGroups } = await client.send(
      new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [group] }),
    );
    return (AutoScalingGroups ?? []).flatMap(({ Instances }) => Instances ?? []).map((each) => each.LifecycleState);
  } finally {
    client.destroy();
  }
}
