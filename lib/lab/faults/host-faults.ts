import { OperationError } from "../../errors";
import { askEmulator, type EmulatorRequest } from "../emulator/emulator-api";
import { sendSpotNotice, setStatusChecks } from "../front/aws-control";
import { killHost, pauseHost } from "../hosts/host-containers";
import { regionOf } from "../metadata/metadata";
import type { BrokenLab } from "./broken-lab";
import { type Candidate, candidates, chooseHosts, faultyHost } from "./choose";
import type { FaultScene } from "./in-effect";
import { endOf, type HostFault, newFault, type RecordedFault } from "./records";
import type { HostChoice } from "./types";

const isRunning = ({ container }: Candidate): boolean => container?.state === "running";
const isFrozen = ({ container }: Candidate): boolean => container?.state === "paused";
const isUp = (host: Candidate): boolean => isRunning(host) || isFrozen(host);
const isStopped = ({ instance }: Candidate): boolean => instance.state === "stopping" || instance.state === "stopped";
/** EC2 calls it running, and it is not. */
const isDead = (host: Candidate): boolean => !isStopped(host) && host.container?.state === "exited";

/** Ends hosts at once, or freezes them. */
export async function breakHosts(
  lab: BrokenLab,
  kind: "kill" | "pause",
  choice: HostChoice,
  seconds: number | undefined,
): Promise<Candidate[]> {
  const chosen = thatAre(kind === "kill" ? isUp : isRunning, choice, await lab.look());
  const end = kind === "kill" ? killHost : pauseHost;
  await Promise.all(chosen.map(({ instance }) => end(lab.docker, instance.id)));
  await record(lab, chosen, kind, endOf(seconds));
  return chosen;
}

/** Stops instances as EC2 does: shut down in order, with disk and address kept; waits until they are. */
export async function stopHosts(lab: BrokenLab, choice: HostChoice): Promise<Candidate[]> {
  const chosen = thatAre((host) => !isStopped(host), choice, await lab.look());
  await askForEach(lab, chosen, "StopInstances");
  await record(lab, chosen, "stop", undefined);
  await lab.untilScene("the hosts have shut down", (scene) =>
    same(chosen, scene).every((host) => host.instance.state === "stopped" && !isUp(host)),
  );
  return chosen;
}

/** Boots hosts that were killed, stopped, or ended on their own; waits until their containers run. */
export async function startHosts(lab: BrokenLab, choice: HostChoice): Promise<Candidate[]> {
  const chosen = chooseHosts(choice, await lab.look()).filter((host) => isStopped(host) || isDead(host));
  await endNow(lab, chosen.filter(isDead), "kill");
  const stopped = chosen.filter(isStopped);
  // EC2 starts what has stopped, and nothing that is about to.
  await lab.untilScene("the hosts have stopped", (scene) =>
    same(stopped, scene).every(({ instance }) => instance.state !== "stopping"),
  );
  await askForEach(lab, stopped, "StartInstances");
  await lab.untilScene("the hosts run", (scene) => same(chosen, scene).every(isRunning));
  return chosen;
}

/** Thaws frozen hosts. */
export async function resumeHosts(lab: BrokenLab, choice: HostChoice): Promise<Candidate[]> {
  const chosen = chooseHosts(choice, await lab.look()).filter(isFrozen);
  await endNow(lab, chosen, "pause");
  await lab.untilScene("the hosts run", (scene) => same(chosen, scene).every(isRunning));
  return chosen;
}

/** Terminates instances: at EC2, or at Auto Scaling, which then launches another. */
export async function terminateHosts(
  lab: BrokenLab,
  action: "TerminateInstances" | "TerminateInstanceInAutoScalingGroup",
  choice: HostChoice,
): Promise<Candidate[]> {
  const chosen = chooseHosts(choice, await lab.look());
  await askForEach(lab, chosen, action);
  return chosen;
}

/** Lets the status checks of instances fail, or pass again. */
export async function setChecks(lab: BrokenLab, checks: "ok" | "impaired", choice: HostChoice): Promise<Candidate[]> {
  const chosen = chooseHosts(choice, await lab.look());
  for (const { instance } of chosen) await setStatusChecks(lab.control, instance.id, checks);
  if (checks === "impaired") await record(lab, chosen, "status-checks", undefined);
  else await lab.faults.update((faults) => without(faults, chosen, "status-checks"));
  return chosen;
}

/** Announces to instances that they will be terminated. */
export async function announceEnd(lab: BrokenLab, choice: HostChoice, seconds: number): Promise<Candidate[]> {
  const chosen = chooseHosts(choice, await lab.look());
  for (const { instance } of chosen) await sendSpotNotice(lab.control, instance.id, seconds);
  await record(lab, chosen, "spot", endOf(seconds));
  return chosen;
}

/** The chosen hosts, which must be so; of all hosts, those that are. */
function thatAre(condition: (host: Candidate) => boolean, choice: HostChoice, scene: FaultScene): Candidate[] {
  const chosen = chooseHosts(choice, scene);
  const others = chosen.filter((host) => !condition(host));
  if (choice === "all" || others.length === 0) return chosen.filter(condition);
  const list = others.map((host) => `${host.name} is ${stateOf(host)}`).join(", ");
  throw new OperationError("HostDown", `${list}: that cannot be done to it now`);
}

function stateOf({ instance, container }: Candidate): string {
  return instance.state === "running" ? (container?.state ?? "not there yet") : instance.state;
}

/** What has become of hosts; those on their way out are left out. */
function same(hosts: readonly Candidate[], scene: FaultScene): Candidate[] {
  const ids = new Set(hosts.map(({ instance }) => instance.id));
  return candidates(scene).filter(({ instance }) => ids.has(instance.id));
}

async function askForEach(lab: BrokenLab, hosts: readonly Candidate[], action: string): Promise<void> {
  for (const { instance } of hosts)
    await askEmulator(lab.endpoint, requestFor(action, instance.id, regionOf(instance.availabilityZone)));
}

function requestFor(action: string, instanceId: string, region: string): EmulatorRequest {
  if (action !== "TerminateInstanceInAutoScalingGroup")
    return { service: "ec2", region, action, parameters: { "InstanceId.1": instanceId } };
  const parameters = { InstanceId: instanceId, ShouldDecrementDesiredCapacity: "false" };
  return { service: "autoscaling", region, action, parameters };
}

/** After the fact: what is on record and not in effect, the supervisor takes for over. */
async function record(
  lab: BrokenLab,
  hosts: readonly Candidate[],
  kind: HostFault["kind"],
  until: string | undefined,
): Promise<void> {
  const added = hosts.map((host) => newFault({ kind, ...faultyHost(host), until }));
  await lab.faults.update((faults) => [...without(faults, hosts, kind), ...added]);
}

/** Has the supervisor end faults: it starts and thaws hosts whose time is over. */
async function endNow(lab: BrokenLab, hosts: readonly Candidate[], kind: "kill" | "pause"): Promise<void> {
  if (hosts.length > 0) await record(lab, hosts, kind, new Date().toISOString());
}

function without(
  faults: readonly RecordedFault[],
  hosts: readonly Candidate[],
  kind: HostFault["kind"],
): RecordedFault[] {
  const ids = new Set(hosts.map(({ instance }) => instance.id));
  return faults.filter((fault) => fault.kind !== kind || !ids.has(fault.instanceId));
}
