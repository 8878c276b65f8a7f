import { spawn } from "node:child_process";
import { OperationError } from "../errors";
import { dockerCli } from "./engine/docker-cli";
import { listHosts } from "./hosts/host-containers";
import { containerName, type HostContainer } from "./hosts/hosts";
import { labPaths } from "./machine/paths";
import { noLab } from "./state/no-lab";
import { type LabState, StateFile } from "./state/state-file";
import type { LabExecOptions } from "./types";

/** Runs a command on a host with this process's input, output and terminal, and returns its exit code. */
export async function labExec({ projectDirectory, node, command }: LabExecOptions): Promise<number> {
  const state = new StateFile<LabState>(labPaths(projectDirectory).state).read();
  if (state?.engine === undefined) throw noLab();
  const { instanceId } = findHost(node, await listHosts(dockerCli(state.engine.socket)));
  const terminal = process.stdin.isTTY && process.stdout.isTTY ? ["--tty"] : [];
  const args = ["-H", `unix://${state.engine.socket}`, "exec", "--interactive", ...terminal, containerName(instanceId)];
  return await new Promise((resolve, reject) => {
    const child = spawn("docker", [...args, ...command], { stdio: "inherit" });
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 1));
  });
}

/** The host an operator means: by its name, its instance id, or the name of its container. */
export function findHost(node: string, hosts: readonly HostContainer[]): HostContainer {
  const matches = hosts.filter(
    ({ name, instanceId }) => node === name || node === instanceId || node === containerName(instanceId),
  );
  // A slot's successor has its predecessor's name, and may come before that one is gone.
  const host = matches.find(({ state }) => state === "running") ?? matches[0];
  if (host === undefined) {
    const names = hosts
      .map(({ name }) => name)
      .sort()
      .join(", ");
    throw new OperationError("NoSuchHost", `there is no host ${node} in the lab; there are: ${names || "none"}`);
  }
  if (host.state !== "running")
    throw new OperationError("HostDown", `the host ${node} does not run: it is ${host.state}`);
  return host;
}
