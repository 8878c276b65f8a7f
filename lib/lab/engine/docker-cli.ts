import { request } from "node:http";
import { type CommandOptions, type CommandResult, runCommand, succeed } from "../machine/command";

/** Label on every Docker object of the lab. */
export const LAB_LABEL = "cdktf-swarm.lab";

/** Begins the name of every Docker object of the lab. */
export const NAME_PREFIX = "cdktf-swarm-lab-";

/** One Docker engine, through Docker's own command. */
export interface DockerCli {
  /** Path of the engine's socket. */
  readonly socket: string;
  /** `docker ARGS`: its output; throws when it fails. */
  run(args: readonly string[], options?: CommandOptions): Promise<string>;
  /** `docker ARGS`, whatever its exit code. */
  try(args: readonly string[], options?: CommandOptions): Promise<CommandResult>;
  /** A GET of the engine's HTTP API: a thirtieth of the cost of a command, for what is asked again and again. */
  get<T>(path: string): Promise<T>;
}

/** Docker's command against the engine at this socket, whatever context or DOCKER_HOST the user has. */
export function dockerCli(socket: string): DockerCli {
  const host = ["-H", `unix://${socket}`];
  return {
    socket,
    run: (args, options) => succeed(runCommand, "docker", [...host, ...args], options),
    try: (args, options) => runCommand("docker", [...host, ...args], options),
    get: (path) => getJson(socket, path),
  };
}

function getJson<T>(socketPath: string, path: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const call = request({ socketPath, path, timeout: 10_000 }, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (text: string) => {
        body += text;
      });
      response.on("end", () => {
        if (response.statusCode !== 200) return reject(new Error(`Docker answered ${response.statusCode}: ${body}`));
        resolve(JSON.parse(body) as T);
      });
      response.on("error", reject);
    });
    call.on("timeout", () => call.destroy(new Error("Docker does not answer")));
    call.on("error", reject);
    call.end();
  });
}
