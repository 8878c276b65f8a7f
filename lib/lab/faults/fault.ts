import { clearApiFaults } from "../front/aws-control";
import type { LabOptions } from "../machine/paths";
import { apiFaultsOn, breakApi } from "./api-faults";
import { BrokenLab } from "./broken-lab";
import { type Candidate, faultyHost } from "./choose";
import { setClocks } from "./clock-faults";
import { setDisks } from "./disk-faults";
import { announceEnd, breakHosts, resumeHosts, setChecks, startHosts, stopHosts, terminateHosts } from "./host-faults";
import { faultsInEffect } from "./in-effect";
import { cutOff, slowDown } from "./network-faults";
import type { LabFault } from "./records";
import type { FaultRequest, LabFaultOptions, LabFaultResult } from "./types";

/** Breaks something in the project's lab, or mends it. */
export async function labFault({ projectDirectory, request }: LabFaultOptions): Promise<LabFaultResult> {
  const lab = BrokenLab.open(projectDirectory);
  const hosts = (await perform(lab, request)).map(faultyHost);
  return { hosts, faults: await inEffect(lab) };
}

/** The faults that are on in the project's lab. */
export async function labFaults({ projectDirectory }: LabOptions): Promise<readonly LabFault[]> {
  return await inEffect(BrokenLab.open(projectDirectory));
}

async function inEffect(lab: BrokenLab): Promise<LabFault[]> {
  // The records first: what they say was so before what is seen.
  const recorded = lab.faults.read().faults;
  const scene = await lab.look();
  return [...faultsInEffect(recorded, scene), ...(await apiFaultsOn(lab.control, scene))];
}

async function perform(lab: BrokenLab, request: FaultRequest): Promise<Candidate[]> {
  switch (request.kind) {
    case "kill":
    case "pause":
      return await breakHosts(lab, request.kind, request.hosts, request.seconds);
    case "start":
      return await startHosts(lab, request.hosts);
    case "resume":
      return await resumeHosts(lab, request.hosts);
    case "stop":
      return await stopHosts(lab, request.hosts);
    case "terminate":
      return await terminateHosts(lab, "TerminateInstances", request.hosts);
    case "replace":
      return await terminateHosts(lab, "TerminateInstanceInAutoScalingGroup", request.hosts);
    case "partition":
      return await cutOff(lab, request);
    case "slow":
      return await slowDown(lab, request);
    case "clock":
      return await setClocks(lab, request);
    case "status-checks":
      return await setChecks(lab, request.checks, request.hosts);
    case "spot":
      return await announceEnd(lab, request.hosts, request.seconds);
    case "disk":
      return await setDisks(lab, request.disk, request.hosts);
    case "api":
      await breakApi(lab.control, request, await lab.look());
      return [];
    case "heal":
      await setDisks(lab, "free", "all");
      await lab.endAll(["partition"]);
      return [];
    case "clear":
      await clearApiFaults(lab.control);
      await setChecks(lab, "ok", "all");
      await lab.endAll(["partition", "slow", "clock"]);
      return [...(await resumeHosts(lab, "all")), ...(await startHosts(lab, "all"))];
  }
}
