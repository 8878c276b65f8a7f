import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { OperationError } from "../../errors";
import { type RunCommand, succeed } from "../machine/command";
import {
  type AptSource,
  acquireOptions,
  DEBIAN_KEYRING,
  debianSourceLines,
  parseListFile,
  parseSourcesFile,
  SUITE,
} from "./apt-sources";
import { hostPackages, type ImageFiles, rootfsKey } from "./inputs";

/** How to build a root file system. */
export interface RootfsOptions {
  readonly files: ImageFiles;
  /** Folder for the result and for downloaded packages. */
  readonly cache: string;
  readonly run: RunCommand;
  /** Told each step. */
  readonly onProgress: (message: string) => void;
}

/** Debian's names of the architectures that nodes come in. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: "amd64", arm64: "arm64" };

/** What building needs, and the Debian package it comes from. */
const PROGRAMS: Readonly<Record<string, string>> = { mmdebstrap: "mmdebstrap", npm: "npm", openssl: "openssl" };

/** The architecture of this machine, as Debian calls it. */
export function debianArchitecture(nodeName: string = process.arch): string {
  const architecture = ARCHITECTURES[nodeName];
  if (architecture === undefined) {
    throw new OperationError("HostImageFailed", `hosts of the lab are amd64 or arm64, and this machine is ${nodeName}`);
  }
  return architecture;
}

/**
 * Path of an archive with the root file system of a host, without the agent. Builds it, within about a minute, unless
 * the cache has one of the same inputs.
 */
export async function ensureRootfs(options: RootfsOptions): Promise<string> {
  const architecture = debianArchitecture();
  const archive = join(options.cache, `lab-rootfs-${rootfsKey(options.files, architecture)}.tar`);
  if (existsSync(archive)) return archive;
  await assertBuildable(options.run);
  mkdirSync(options.cache, { recursive: true });

  options.onProgress("fetching the agent's Node runtime");
  const fetch = join(options.files.packer, "scripts/fetch-node-runtime.sh");
  const nodeBinary = (await succeed(options.run, "sh", [fetch, architecture])).trim();

  const packages = join(options.cache, "lab-packages");
  mkdirSync(packages, { recursive: true });
  options.onProgress("building the root file system of a host (about a minute, once)");
  const unfinished = `${archive}.unfinished-${process.pid}.tar`;
  try {
    await succeed(options.run, "mmdebstrap", await mmdebstrapArguments(options, architecture, unfinished), {
      env: {
        ...process.env,
        LAB_DEBS: packages,
        LAB_FILES: options.files.lab,
        PACKER_DIR: options.files.packer,
        NODE_BINARY: nodeBinary,
      },
      onLine: (line) => reportStep(line, options.onProgress),
    });
    renameSync(unfinished, archive);
  } finally {
    rmSync(unfinished, { force: true });
  }
  removeOthers(options.cache, archive);
  return archive;
}

async function mmdebstrapArguments(options: RootfsOptions, architecture: string, target: string): Promise<string[]> {
  const aptConfig = await options.run("apt-config", ["dump", "Acquire"]);
  const hook = (stage: string) => `--${stage}-hook=sh "$LAB_FILES/rootfs-hook.sh" ${stage} "$1"`;
  return [
    "--variant=minbase",
    `--architectures=${architecture}`,
    `--include=${hostPackages(options.files).join(",")}`,
    // Downloads stay, so that the hook can keep them for the next build.
    "--skip=essential/unlink",
    ...acquireOptions(aptConfig.stdout).map((option) => `--aptopt=${option}`),
    hook("setup"),
    hook("customize"),
    SUITE,
    target,
    ...debianSourceLines(machineSources()),
  ];
}

/** What APT on this machine is configured to use, if it has one. */
function machineSources(folder = "/etc/apt"): AptSource[] {
  const parts = join(folder, "sources.list.d");
  const files = [
    join(folder, "sources.list"),
    ...(existsSync(parts) ? readdirSync(parts).sort() : []).map((name) => join(parts, name)),
  ];
  return files.filter(existsSync).flatMap((file) => {
    if (file.endsWith(".list")) return parseListFile(readFileSync(file, "utf8"));
    return file.endsWith(".sources") ? parseSourcesFile(readFileSync(file, "utf8")) : [];
  });
}

async function assertBuildable(run: RunCommand): Promise<void> {
  const faults: string[] = [];
  if (process.platform !== "linux") faults.push(`it is built on Linux, and this is ${process.platform}`);
  if (process.getuid?.() !== 0) faults.push("it is built by root: run the command with sudo");
  for (const [program, from] of Object.entries(PROGRAMS)) {
    const { code } = await run(program, [program === "openssl" ? "version" : "--version"]);
    if (code === 127) faults.push(`${program} is missing: apt-get install ${from}`);
  }
  if (!existsSync(DEBIAN_KEYRING)) faults.push(`${DEBIAN_KEYRING} is missing: apt-get install debian-archive-keyring`);
  if (faults.length === 0) return;
  throw new OperationError(
    "HostImageFailed",
    `the image of the lab's hosts cannot be built here\n${faults.map((fault) => `- ${fault}`).join("\n")}`,
  );
}

/** mmdebstrap and the hook mark their steps alike; the rest is output of the programs they run. */
function reportStep(line: string, onProgress: (message: string) => void): void {
  const step =
    /^I: ((?:running scripts|running lab|running apt-get|downloading|extracting|installing|creating).*)/.exec(line);
  if (step?.[1] !== undefined) onProgress(step[1].replace(/\.+$/, ""));
}

/** Each is 600 MB, and only the newest is of use. */
function removeOthers(cache: string, archive: string): void {
  for (const name of readdirSync(cache)) {
    const file = join(cache, name);
    if (/^lab-rootfs-[0-9a-f]{12}\.tar$/.test(name) && file !== archive) rmSync(file, { force: true });
  }
}
