import { existsSync } from "node:fs";
import { labCommand } from "../operator-commands";
import { type AccountState, readAccount } from "./emulator/account-state";
import { dockerCli } from "./engine/docker-cli";
import { apiFaultsOn } from "./faults/api-faults";
import { type FaultScene, faultsInEffect } from "./faults/in-effect";
import { type ApiLabFault, FaultFile } from "./faults/records";
import { listHosts } from "./hosts/host-containers";
import { containerName, type HostContainer } from "./hosts/hosts";
import { type LabOptions, type LabPaths, labPaths } from "./machine/paths";
import { isAlive } from "./machine/processes";
import { type LabState, StateFile, type SupervisorState } from "./state/state-file";
import type { LabHost, LabStatus } from "./types";

const LOST_ACCOUNT = `the emulated AWS account is lost with it: ${labCommand.up} begins anew, ${labCommand.down} removes what is left`;

/** What the lab of a project is doing. */
export async function labStatus({ projectDirectory }: LabOptions): Promise<LabStatus> {
  const paths = labPaths(projectDirectory);
  const state = new StateFile<LabState>(paths.state).read();
  if (state === undefined)
    return { state: "down", faults: [], hosts: [], injectedFaults: [], logDirectory: paths.logs };
  // The records first: what they say was so before what is seen.
  const recorded = new FaultFile(paths.faults).read().faults;
  const supervisor = new StateFile<SupervisorState>(paths.supervisor).read();
  const account = await readAccount(supervisor?.stateEndpoint ?? "");
  const containers = await containersOf(state);
  const faults = faultsOf(state, supervisor, { account, containers, paths });
  const scene = { instances: account?.instances ?? [], containers: containers ?? [] };
  return {
    state: account === undefined || containers === undefined ? "broken" : "up",
    environment: state.environment,
    faults,
    timings: state.timings,
    endpoint: supervisor?.endpoint,
    engine: state.engine === undefined ? undefined : { socket: state.engine.socket, own: state.engine.own },
    hosts: hostsOf(account, containers ?? []),
    injectedFaults: [...faultsInEffect(recorded, scene), ...(await apiFaults(supervisor, scene))],
    logDirectory: paths.logs,
  };
}

async function containersOf(state: LabState): Promise<readonly HostContainer[] | undefined> {
  if (state.engine === undefined || !existsSync(state.engine.socket)) return undefined;
  try {
    return await listHosts(dockerCli(state.engine.socket));
  } catch {
    return undefined;
  }
}

/** Faults of the AWS API; none while nothing answers there, which is a fault of another kind. */
async function apiFaults(supervisor: SupervisorState | undefined, scene: FaultScene): Promise<ApiLabFault[]> {
  if (supervisor?.endpoint === undefined) return [];
  return await apiFaultsOn({ endpoint: supervisor.endpoint }, scene).catch(() => []);
}

function faultsOf(
  state: LabState,
  supervisor: SupervisorState | undefined,
  found: {
    readonly account: AccountState | undefined;
    readonly containers: readonly HostContainer[] | undefined;
    readonly paths: LabPaths;
  },
): string[] {
  const faults = [...(supervisor?.faults ?? [])];
  if (state.supervisor === undefined || !isAlive(state.supervisor))
    faults.push(`the lab's supervisor does not run; read ${found.paths.supervisorLog}`, LOST_ACCOUNT);
  else if (found.account === undefined)
    faults.push(`the emulated AWS does not answer; read ${found.paths.emulatorLog}`);
  if (found.containers === undefined) faults.push("the Docker engine of the lab does not answer");
  return faults;
}

function hostsOf(account: AccountState | undefined, containers: readonly HostContainer[]): LabHost[] {
  const byInstance = new Map(containers.map((container) => [container.instanceId, container]));
  const instances = (account?.instances ?? []).filter(({ id, state }) => state !== "terminated" || byInstance.has(id));
  const hosts = instances.map((instance): LabHost => {
    const container = byInstance.get(instance.id);
    return {
      name: container?.name ?? instance.id,
      instanceId: instance.id,
      state: instance.state,
      address: instance.privateIp ?? "",
      availabilityZone: instance.availabilityZone,
      container: containerName(instance.id),
      containerState: container?.state ?? "missing",
    };
  });
  return hosts.sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }));
}
