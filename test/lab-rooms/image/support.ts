import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { onTestFinished } from "vitest";
import type { ImageFiles } from "../../../lib/lab/image/inputs";
import type { CommandResult, RunCommand } from "../../../lib/lab/machine/command";

const REPOSITORY = resolve(__dirname, "../../..");

/** A folder that is gone after the test. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "cdktf-swarm-image-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A copy of all that goes into an image, to change. */
export function imageFiles(): ImageFiles {
  const folder = scratchFolder();
  const files = { packer: join(folder, "packer"), lab: join(folder, "lab") };
  for (const part of ["files", "scripts"]) {
    cpSync(join(REPOSITORY, "packer", part), join(files.packer, part), { recursive: true });
  }
  cpSync(join(REPOSITORY, "lib/lab/image/files"), files.lab, { recursive: true });
  return files;
}

/** An agent with this content; its path. */
export function agentBundle(content = "the agent"): string {
  const file = join(scratchFolder(), "swarm-node.cjs");
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, content);
  return file;
}

/** The machine's programs: notes what was run; mmdebstrap leaves an archive, `missing` ones are not there. */
export class FakePrograms {
  public readonly calls: string[][] = [];

  public constructor(
    private readonly missing: readonly string[] = [],
    private readonly failing: readonly string[] = [],
  ) {}

  public readonly run: RunCommand = async (program, args, options) => {
    const outcome = (code: number, stderr = ""): CommandResult => ({ code, stdout: "", stderr });
    if (this.missing.includes(program)) return outcome(127, "not found");
    if (args.length === 1 && /version$/.test(args[0] ?? "")) return outcome(0);
    this.calls.push([program, ...args]);
    if (program === "mmdebstrap") {
      const target = args.find((argument) => argument.endsWith(".tar"));
      if (target !== undefined) writeFileSync(target, "a root file system");
      options?.onLine?.("I: downloading packages with apt...");
    }
    return this.failing.includes(program) ? outcome(1, `${program} complains`) : outcome(0);
  };

  /** How often a program was run. */
  public count(program: string): number {
    return this.calls.filter(([name]) => name === program).length;
  }
}

/** A Docker engine's images and containers, and no more than the image needs of its command. */
export class FakeDocker {
  public readonly images = new Set<string>();
  public readonly containers = new Set<string>();
  public readonly calls: string[] = [];

  public constructor(private readonly failing?: string) {}

  public async run(args: readonly string[]): Promise<string> {
    this.calls.push(args.join(" "));
    const command = args[0] === "image" ? args.slice(0, 2).join(" ") : args[0];
    if (command === this.failing) throw new Error(`${command} failed`);
    const last = args.at(-1) ?? "";
    switch (command) {
      case "image ls": {
        const reference = last.replace("reference=", "");
        return [...this.images].filter((image) => image === reference || image.startsWith(`${reference}:`)).join("\n");
      }
      case "image rm":
        this.images.delete(last);
        return "";
      case "import":
      case "commit":
        this.images.add(last);
        return "";
      case "create":
        this.containers.add("container-1");
        return "container-1\n";
      case "rm":
        this.containers.delete(last);
        return "";
      case "cp":
        return "";
      default:
        throw new Error(`unexpected: docker ${args.join(" ")}`);
    }
  }
}
