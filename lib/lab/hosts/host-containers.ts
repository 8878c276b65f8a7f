import type { DockerCli } from "../engine/docker-cli";
import { containerName, type HostContainer, INSTANCE_LABEL, NAME_LABEL, volumeNames } from "./hosts";

/** Time systemd has to shut a host down before the container is killed. */
const STOP_SECONDS = "15";

interface ListedContainer {
  readonly Id: string;
  readonly State: string;
  readonly Status: string;
  readonly Labels: Readonly<Record<string, string>>;
}

/** All hosts of the lab, whatever their state. */
export async function listHosts(docker: DockerCli): Promise<HostContainer[]> {
  const filters = encodeURIComponent(JSON.stringify({ label: [INSTANCE_LABEL] }));
  const listed = await docker.get<ListedContainer[]>(`/containers/json?all=1&filters=${filters}`);
  return listed.map(({ Id, State, Status, Labels }) => {
    const exit = /^Exited \((\d+)\)/.exec(Status)?.[1];
    return {
      id: Id,
      instanceId: Labels[INSTANCE_LABEL] ?? "",
      name: Labels[NAME_LABEL] ?? "",
      state: State,
      ...(exit === undefined ? {} : { exitCode: Number(exit) }),
    };
  });
}

export async function startHost(docker: DockerCli, instanceId: string): Promise<void> {
  await docker.run(["start", containerName(instanceId)]);
}

export async function stopHost(docker: DockerCli, instanceId: string): Promise<void> {
  await docker.run(["stop", "--time", STOP_SECONDS, containerName(instanceId)]);
}

/** Ends a host at once, as if its plug was pulled. */
export async function killHost(docker: DockerCli, instanceId: string): Promise<void> {
  await docker.run(["kill", containerName(instanceId)]);
}

/** Freezes every process of a host. */
export async function pauseHost(docker: DockerCli, instanceId: string): Promise<void> {
  await docker.run(["pause", containerName(instanceId)]);
}

export async function resumeHost(docker: DockerCli, instanceId: string): Promise<void> {
  await docker.run(["unpause", containerName(instanceId)]);
}

/** Removes a host and its disks; does nothing where there is none. */
export async function removeHost(docker: DockerCli, instanceId: string): Promise<void> {
  await docker.try(["rm", "--force", "--volumes", containerName(instanceId)]);
  await docker.try(["volume", "rm", "--force", ...volumeNames(instanceId)]);
}
