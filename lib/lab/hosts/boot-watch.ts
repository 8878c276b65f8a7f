import { existsSync } from "node:fs";
import { request } from "node:http";
import type { DockerCli } from "../engine/docker-cli";
import { containerName } from "./hosts";

/** How far a host has booted. */
export type BootStep = "cloud-init-done" | "docker-up";

/**
 * Watches a host boot through the outer kernel's view of its files, which costs nothing: a `docker exec` a tick into
 * every host would slow the very boot it measures.
 */
export class BootWatch {
  private root: string | undefined;
  private readonly seen = new Set<BootStep>();

  public constructor(
    private readonly docker: DockerCli,
    public readonly instanceId: string,
  ) {}

  public get isDone(): boolean {
    return this.seen.size === 2;
  }

  /** Steps reached since the last call. */
  public async advance(): Promise<BootStep[]> {
    this.root ??= await this.findRoot();
    const root = this.root;
    if (root === undefined) return [];
    const reached: BootStep[] = [];
    if (!this.seen.has("cloud-init-done") && existsSync(`${root}/run/cloud-init/result.json`))
      reached.push("cloud-init-done");
    // Asking the socket sooner would start Docker before its time: systemd listens on it from the beginning.
    if (!this.seen.has("docker-up") && existsSync(`${root}/run/docker.pid`) && (await pings(`${root}/run/docker.sock`)))
      reached.push("docker-up");
    for (const step of reached) this.seen.add(step);
    return reached;
  }

  private async findRoot(): Promise<string | undefined> {
    const { State } = await this.docker.get<{ readonly State: { readonly Pid: number } }>(
      `/containers/${containerName(this.instanceId)}/json`,
    );
    return State.Pid === 0 ? undefined : `/proc/${State.Pid}/root`;
  }
}

function pings(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const call = request({ socketPath, path: "/_ping", timeout: 200 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    call.on("timeout", () => call.destroy());
    call.on("error", () => resolve(false));
    call.end();
  });
}
