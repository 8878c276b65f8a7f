import { existsSync } from "node:fs";
import { join } from "node:path";
import { OperationError } from "../../errors";
import { packageRoot } from "../../package-root";
import { type DockerCli, LAB_LABEL, NAME_PREFIX } from "../engine/docker-cli";
import { type RunCommand, runCommand } from "../machine/command";
import { cacheDirectory } from "../machine/paths";
import { fileKey, type ImageFiles, rootfsKey } from "./inputs";
import { debianArchitecture, ensureRootfs } from "./rootfs";

/** Where the agent lies in a host. */
const AGENT_IN_HOST = "/usr/local/lib/swarm-node/swarm-node.cjs";

/** First process of a host. */
const ENTRYPOINT = "/usr/local/sbin/lab-entrypoint";

/** systemd shuts down in order on this signal. */
const STOP_SIGNAL = "SIGRTMIN+3";

const BASE_REPOSITORY = `${NAME_PREFIX}host-base`;
const REPOSITORY = `${NAME_PREFIX}host`;

/** Options of {@link ensureHostImage}. */
export interface HostImageOptions {
  /** Told each step, a line each. @default - nobody listens */
  readonly onProgress?: (message: string) => void;
  /** The agent, as one file. @default - the one this package was built with */
  readonly agentBundle?: string;
  /** Folder for the root file system and downloaded packages. @default - `cdktf-swarm` in the user's cache */
  readonly cache?: string;
  /** @default - programs of this machine */
  readonly run?: RunCommand;
  /** @default - this package's */
  readonly files?: ImageFiles;
}

/** The image that hosts are containers of. */
export interface HostImage {
  /** Its name and tag, which changes with whatever is in it. */
  readonly image: string;
  /** False when the engine had it already. */
  readonly built: boolean;
}

/**
 * Sees to it that the engine has the image of a host: the node image's scripts run over a minimal Debian, with the
 * lab's differences, and the agent as the last layer.
 */
export async function ensureHostImage(
  docker: Pick<DockerCli, "run">,
  options: HostImageOptions = {},
): Promise<HostImage> {
  const root = packageRoot();
  const files = options.files ?? { packer: join(root, "packer"), lab: join(__dirname, "files") };
  const agent = options.agentBundle ?? join(root, "dist/agent/swarm-node.cjs");
  if (!existsSync(agent)) {
    throw new OperationError("HostImageFailed", `${agent} is missing: build the package first (npm run build)`);
  }
  const baseKey = rootfsKey(files, debianArchitecture());
  const base = `${BASE_REPOSITORY}:${baseKey}`;
  const image = `${REPOSITORY}:${baseKey}-${fileKey(agent)}`;
  if (await hasImage(docker, image)) return { image, built: false };

  const onProgress = options.onProgress ?? (() => {});
  if (!(await hasImage(docker, base))) {
    const cache = options.cache ?? cacheDirectory();
    const archive = await ensureRootfs({ files, cache, run: options.run ?? runCommand, onProgress });
    onProgress("importing the root file system into Docker");
    const changes = [`ENTRYPOINT ["${ENTRYPOINT}"]`, "ENV container=docker", `LABEL ${LAB_LABEL}=image`];
    await docker.run(["import", ...changes.flatMap((change) => ["--change", change]), archive, base]);
  }
  onProgress("adding the agent to the image of hosts");
  await addAgent(docker, { base, image, agent });
  await removeOthers(docker, [base, image]);
  return { image, built: true };
}

async function hasImage(docker: Pick<DockerCli, "run">, reference: string): Promise<boolean> {
  return (await docker.run(["image", "ls", "--quiet", "--filter", `reference=${reference}`])).trim() !== "";
}

/** A layer by copy and commit: unlike a build it runs nothing, and needs no builder of any kind. */
async function addAgent(
  docker: Pick<DockerCli, "run">,
  names: { readonly base: string; readonly image: string; readonly agent: string },
): Promise<void> {
  // Only a container sets the stop signal: an import does not take it.
  const create = ["create", "--network", "none", "--stop-signal", STOP_SIGNAL, names.base];
  const container = (await docker.run(create)).trim();
  try {
    await docker.run(["cp", names.agent, `${container}:${AGENT_IN_HOST}`]);
    await docker.run(["commit", container, names.image]);
  } finally {
    await docker.run(["rm", "--force", container]);
  }
}

/** Images of earlier builds: nothing starts from them again. The engine keeps one that a container still uses. */
async function removeOthers(docker: Pick<DockerCli, "run">, keep: readonly string[]): Promise<void> {
  for (const repository of [REPOSITORY, BASE_REPOSITORY]) {
    const format = ["--format", "{{.Repository}}:{{.Tag}}"];
    const listed = await docker.run(["image", "ls", ...format, "--filter", `reference=${repository}`]);
    for (const image of listed.split("\n").filter((name) => name !== "" && !keep.includes(name))) {
      await docker.run(["image", "rm", image]).catch(() => {});
    }
  }
}
