import { constants } from "node:fs";
import { access, mkdir, open, readFile, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { LocalStore, Markers } from "../ports";
import type { NodePaths } from "./paths";

/** {@link LocalStore} on the node's disk: one small file, written beside itself and moved into place. */
export class DiskStore implements LocalStore {
  private known: Markers | undefined;

  public constructor(private readonly paths: NodePaths) {}

  public async markers(): Promise<Markers> {
    this.known ??= await this.load();
    return this.known;
  }

  public async save(change: Parameters<LocalStore["save"]>[0]): Promise<void> {
    const markers: Markers = { ...(await this.markers()), ...change };
    await writeDurably(this.file, JSON.stringify(markers));
    this.known = markers;
  }

  /** True on any doubt: only where dockerd keeps its state, and keeps no certificate in it, there is none. */
  public async hasCertificate(): Promise<boolean> {
    const { swarmDirectory } = this.paths;
    const [state, certificate] = await Promise.all([
      exists(join(swarmDirectory, "docker-state.json")),
      exists(join(swarmDirectory, "certificates", "swarm-node.crt")),
    ]);
    return certificate || !state;
  }

  public async refusal(): Promise<string | undefined> {
    const text = await readIfThere(refusalFile(this.paths));
    return text?.trim();
  }

  private get file(): string {
    return join(this.paths.stateDirectory, "markers.json");
  }

  private async load(): Promise<Markers> {
    const text = await readIfThere(this.file);
    return text === undefined ? {} : (JSON.parse(text) as Markers);
  }
}

/** File in which the preparation of a boot says why dockerd is kept down. */
export function refusalFile(paths: NodePaths): string {
  return join(paths.runDirectory, "refused");
}

/** Writes a file so that after a power cut it is either the old one or the new one. */
export async function writeDurably(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.new`;
  const handle = await open(draft, "w", 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, file);
  const directory = await open(dirname(file), constants.O_RDONLY);
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** Whether a path is there; one that cannot be looked at is. */
export async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ENOENT";
  }
}

/** The text of a file; undefined if there is none. */
export async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
