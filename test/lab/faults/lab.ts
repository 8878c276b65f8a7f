import { readFileSync } from "node:fs";
import {
  AutoScalingClient,
  SetDesiredCapacityCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from "@aws-sdk/client-auto-scaling";
import { EC2Client, TerminateInstancesCommand } from "@aws-sdk/client-ec2";
import {
  type ApiFault,
  clearApiFaults,
  sendSpotNotice,
  setApiFault,
  setStatusChecks,
} from "../../../lib/lab/front/aws-control";
import { runCommand, succeed } from "../../../lib/lab/machine/command";
import { labPaths } from "../../../lib/lab/machine/paths";
import { descendants, waitForEnd } from "../../../lib/lab/machine/processes";
import { type LabState, StateFile, type SupervisorState } from "../../../lib/lab/state/state-file";
import type { Project } from "../support/project";

/** Name of the dev environment's cluster. */
export const CLUSTER = "dev";

/** What cases do to the lab: its own fault commands, and the account's API as an operator uses it. */
export class Lab {
  public constructor(private readonly project: Project) {}

  /** `cdktf-swarm lab fault ARGS`. */
  public async fault(...args: string[]): Promise<void> {
    const { status, stdout, stderr } = await this.project.begin("lab", "fault", ...args);
    if (status !== 0) throw new Error(`lab fault ${args.join(" ")} exited with ${status}\n${stdout}${stderr}`);
  }

  /** Sets how many workers the dev environment's pool has. */
  public async scaleWorkers(count: number): Promise<void> {
    const client = new AutoScalingClient(this.account());
    const group = `${CLUSTER}-worker-general`;
    await client.send(new SetDesiredCapacityCommand({ AutoScalingGroupName: group, DesiredCapacity: count }));
    client.destroy();
  }

  /** Terminates an instance behind the back of its group. */
  public async terminate(instanceId: string): Promise<void> {
    const client = new EC2Client(this.account());
    await client.send(new TerminateInstancesCommand({ InstanceIds: [instanceId] }));
    client.destroy();
  }

  /** Has Auto Scaling launch another instance in the place of one, be that dead already. */
  public async replace(instanceId: string): Promise<void> {
    const client = new AutoScalingClient(this.account());
    const command = { InstanceId: instanceId, ShouldDecrementDesiredCapacity: false };
    await client.send(new TerminateInstanceInAutoScalingGroupCommand(command));
    client.destroy();
  }

  /** Lets AWS fail the nodes from now on. */
  public async failApi(fault: ApiFault): Promise<void> {
    await setApiFault({ endpoint: this.front() }, fault);
  }

  /** AWS is as it should be again. */
  public async mendApi(): Promise<void> {
    await clearApiFaults({ endpoint: this.front() });
  }

  /** EC2 says from now on that an instance fails its status checks, or that it passes them. */
  public async statusChecks(instanceId: string, checks: "ok" | "impaired"): Promise<void> {
    await setStatusChecks({ endpoint: this.front() }, instanceId, checks);
  }

  /** EC2 takes an instance back in two minutes, and tells it. */
  public async spotNotice(instanceId: string): Promise<void> {
    await sendSpotNotice({ endpoint: this.front() }, instanceId);
  }

  /** Lets the metadata service not answer the hosts, or answer again. */
  public async metadata(state: "away" | "back"): Promise<void> {
    const rule = ["INPUT", "-d", "169.254.169.254", "-p", "tcp", "-j", "DROP"];
    await succeed(runCommand, "iptables", ["--wait", "5", state === "away" ? "-I" : "-D", ...rule]);
  }

  /** The emulator ends at once, and with it all that it knew. */
  public async killEmulator(): Promise<void> {
    const { supervisor } = new StateFile<LabState>(labPaths(this.project.directory).state).read() ?? {};
    if (supervisor === undefined) throw new Error("there is no lab");
    for (const { pid } of descendants(supervisor.pid))
      if (readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("aws/server.py")) process.kill(pid, "SIGKILL");
    await waitForEnd(supervisor, 10_000);
  }

  /** Where nodes and operators find AWS, and requests are counted. */
  public front(): string {
    return this.supervisor().endpoint ?? "";
  }

  /** The emulator itself: what the harness does is subject to no fault. */
  public account() {
    const credentials = { accessKeyId: "operator", secretAccessKey: "lab" };
    return { endpoint: this.supervisor().stateEndpoint, region: "us-east-1", credentials, maxAttempts: 1 };
  }

  private supervisor(): SupervisorState {
    const { supervisor } = labPaths(this.project.directory);
    const state = new StateFile<SupervisorState>(supervisor).read();
    if (state === undefined) throw new Error("there is no lab");
    return state;
  }
}
