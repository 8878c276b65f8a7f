import { readFileSync } from "node:fs";
import { OperationError } from "../../errors";
import type { RunCommand } from "./command";

/** A program the lab needs. */
interface Prerequisite {
  readonly name: string;
  /** Exits with 0 where it is there. */
  readonly probe: readonly [program: string, ...args: string[]];
  /** Packages of Debian and Ubuntu; the first that exists there is installed. None: no such package. */
  readonly packages: readonly string[];
  /** Where to get it when no package has it. */
  readonly hint?: string;
}

const PREREQUISITES: readonly Prerequisite[] = [
  { name: "iptables", probe: ["iptables", "--version"], packages: ["iptables"] },
  { name: "ip", probe: ["ip", "-V"], packages: ["iproute2"] },
  { name: "mmdebstrap", probe: ["mmdebstrap", "--version"], packages: ["mmdebstrap"] },
  { name: "openssl", probe: ["openssl", "version"], packages: ["openssl"] },
  {
    name: "keys of Debian's archive",
    probe: ["test", "-e", "/usr/share/keyrings/debian-archive-keyring.gpg"],
    packages: ["debian-archive-keyring"],
  },
  { name: "python3 with venv", probe: ["python3", "-c", "import ensurepip, venv"], packages: ["python3-venv"] },
  {
    name: "terraform",
    probe: ["terraform", "version", "-json"],
    packages: [],
    hint: "see https://developer.hashicorp.com/terraform/install",
  },
];

const DOCKER_COMMAND: Prerequisite = {
  name: "docker",
  probe: ["docker", "--version"],
  packages: ["docker-cli", "docker.io"],
};
const DOCKER_DAEMON: Prerequisite = { name: "dockerd", probe: ["dockerd", "--version"], packages: ["docker.io"] };

/** How to see to it that a machine has what the lab needs. */
export interface PrerequisiteOptions {
  readonly run: RunCommand;
  /** Whether a Docker engine answers, so that none has to be started. */
  readonly hasEngine: boolean;
  readonly isRoot: boolean;
  /** Content of /etc/os-release. */
  readonly osRelease: string;
  /** Told what is being installed. */
  readonly onInstall: (packages: readonly string[]) => void;
}

/** Installs what is missing where that is allowed, and otherwise says all of what is missing and how to get it. */
export async function ensurePrerequisites(options: PrerequisiteOptions): Promise<void> {
  const missing = await findMissing(options);
  const rootNeeded = options.isRoot ? [] : ["root: the lab makes bridges, routes and firewall rules; run it with sudo"];
  if (missing.length === 0 && rootNeeded.length === 0) return;
  const packages = isDebian(options.osRelease) ? await packagesFor(missing, options.run) : undefined;
  const unpackaged = missing.filter(({ packages: names }) => names.length === 0 || packages === undefined);
  if (rootNeeded.length > 0 || unpackaged.length > 0 || packages === undefined)
    throw new OperationError("MissingPrerequisites", describe(missing, rootNeeded, packages));
  options.onInstall(packages);
  await install(packages, options.run);
  const still = await findMissing(options);
  if (still.length > 0) throw new OperationError("MissingPrerequisites", describe(still, [], packages));
}

/** Content of /etc/os-release, empty where there is none. */
export function readOsRelease(): string {
  try {
    return readFileSync("/etc/os-release", "utf8");
  } catch {
    return "";
  }
}

async function findMissing({ run, hasEngine }: PrerequisiteOptions): Promise<Prerequisite[]> {
  const wanted = [...PREREQUISITES, DOCKER_COMMAND, ...(hasEngine ? [] : [DOCKER_DAEMON])];
  const present = await Promise.all(
    wanted.map(async ({ probe: [program, ...args] }) => (await run(program, args)).code),
  );
  return wanted.filter((_, index) => present[index] !== 0);
}

function isDebian(osRelease: string): boolean {
  return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(osRelease);
}

async function packagesFor(missing: readonly Prerequisite[], run: RunCommand): Promise<string[]> {
  const chosen = new Set<string>();
  for (const { packages } of missing) {
    for (const name of packages) {
      const isLast = name === packages.at(-1);
      if (!isLast && (await run("apt-cache", ["show", name])).code !== 0) continue;
      chosen.add(name);
      break;
    }
  }
  return [...chosen];
}

async function install(packages: readonly string[], run: RunCommand): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  for (const args of [["update"], ["install", "--yes", "--no-install-recommends", ...packages]]) {
    const result = await run("apt-get", ["-q", ...args], { env });
    if (result.code !== 0)
      throw new OperationError(
        "MissingPrerequisites",
        `apt-get ${args.join(" ")} failed:\n${(result.stderr || result.stdout).trim().slice(-2000)}`,
      );
  }
}

function describe(
  missing: readonly Prerequisite[],
  others: readonly string[],
  packages: readonly string[] | undefined,
): string {
  const lines = [
    "the lab cannot run here; missing:",
    ...others.map((other) => `- ${other}`),
    ...missing.map(({ name, hint }) => `- ${name}${hint === undefined ? "" : ` (${hint})`}`),
  ];
  const names = packages ?? missing.flatMap(({ packages: candidates }) => candidates.at(-1) ?? []);
  if (names.length > 0) {
    const command = `apt-get update && apt-get install --yes ${[...new Set(names)].join(" ")}`;
    lines.push(`on Debian or Ubuntu: ${command}`);
  }
  return lines.join("\n");
}
