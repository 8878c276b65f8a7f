import { join } from "node:path";
import type { DiskLock } from "../ports";
import { readIfThere, writeDurably } from "./disk-store";
import type { NodePaths } from "./paths";

const LOCKED = "-----BEGIN ENCRYPTED ";

/** {@link DiskLock} in the file of the node's private key; what opens it is loaded only then. */
export class SwarmDiskLock implements DiskLock {
  public constructor(private readonly paths: Pick<NodePaths, "swarmDirectory">) {}

  public async isOn(): Promise<boolean> {
    return (await readIfThere(this.file))?.startsWith(LOCKED) === true;
  }

  public async opensWith(key: string): Promise<boolean> {
    return (await this.opened(key)) !== undefined;
  }

  /** The locked file stays beside it: the only other way to the Raft log, should the new one ever not be read. */
  public async takeOff(key: string): Promise<void> {
    const locked = await this.read();
    const opened = await this.opened(key);
    if (opened === undefined) throw new Error("the key is not the one this disk is locked with");
    await writeDurably(`${this.file}.locked`, locked);
    await writeDurably(this.file, opened);
  }

  private get file(): string {
    return join(this.paths.swarmDirectory, "certificates", "swarm-node.key");
  }

  private async read(): Promise<string> {
    const text = await readIfThere(this.file);
    if (text?.startsWith(LOCKED) !== true) throw new Error("this disk is not locked");
    return text;
  }

  private async opened(key: string): Promise<string | undefined> {
    const { withoutLock } = await import("./node-key.js");
    return withoutLock(await this.read(), key);
  }
}
