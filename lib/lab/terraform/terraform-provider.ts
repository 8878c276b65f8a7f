import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { arch, homedir, platform } from "node:os";
import { dirname, join } from "node:path";
import { OperationError } from "../../errors";

const REGISTRY = "registry.terraform.io";
const REGISTRY_MILLISECONDS = 5_000;

/** Folders deeper than this below a search root hold no mirror that anyone would make. */
const SEARCH_DEPTH = 5;

/** A provider in one version. */
export interface ProviderVersion {
  /** `hashicorp/aws` */
  readonly source: string;
  readonly version: string;
}

/** Where Terraform gets the provider from. */
export type ProviderOrigin = { readonly kind: "disk"; readonly directory: string } | { readonly kind: "registry" };

/** The provider that the project's bindings were made from, and so the one Terraform is going to ask for. */
export function wantedProvider(projectDirectory: string): ProviderVersion {
  const require = createRequire(join(projectDirectory, "package.json"));
  const manifest = JSON.parse(readFileSync(require.resolve("@cdktf/provider-aws/package.json"), "utf8")) as {
    readonly cdktf: { readonly provider: { readonly name: string; readonly version: string } };
  };
  const { name, version } = manifest.cdktf.provider;
  return { source: name.replace(`${REGISTRY}/`, ""), version };
}

/**
 * Finds the provider unpacked on this machine, or a registry that has it, disk first: it needs no network and no
 * download. Says what is missing when there is neither.
 */
export async function findProvider(
  wanted: ProviderVersion,
  roots: readonly string[] = searchRoots(),
  hasRegistry: () => Promise<boolean> = registryAnswers,
): Promise<ProviderOrigin> {
  const tail = join(REGISTRY, wanted.source, wanted.version, terraformPlatform());
  for (const root of roots) {
    const directory = findBelow(root, tail, SEARCH_DEPTH);
    if (directory !== undefined) return { kind: "disk", directory };
  }
  if (await hasRegistry()) return { kind: "registry" };
  throw new OperationError(
    "ProviderNotFound",
    `the Terraform provider ${wanted.source} ${wanted.version} is nowhere to be had: https://${REGISTRY} does not ` +
      `answer, and no folder .../${tail} is below ${roots.join(", ")}; unpack the provider into such a folder`,
  );
}

/**
 * Writes a CLI configuration that takes this one provider from the disk, through a mirror of one link, and all others
 * from where they come from anyway.
 */
export function writeTerraformConfig(
  wanted: ProviderVersion,
  directory: string,
  files: { readonly mirror: string; readonly config: string },
): void {
  const link = join(files.mirror, REGISTRY, wanted.source, wanted.version, terraformPlatform());
  mkdirSync(dirname(link), { recursive: true });
  rmSync(link, { force: true });
  symlinkSync(directory, link);
  const include = JSON.stringify(`${REGISTRY}/${wanted.source}`);
  const lines = [
    "provider_installation {",
    "  filesystem_mirror {",
    `    path    = ${JSON.stringify(files.mirror)}`,
    `    include = [${include}]`,
    "  }",
    "  direct {",
    `    exclude = [${include}]`,
    "  }",
    "}",
    "",
  ];
  writeFileSync(files.config, lines.join("\n"));
}

/** Terraform's own mirror directories, then the places where people unpack things. */
function searchRoots(): string[] {
  const home = homedir();
  return [
    join(home, ".terraform.d/plugins"),
    join(home, ".local/share/terraform/plugins"),
    "/usr/local/share/terraform/plugins",
    "/usr/share/terraform/plugins",
    "/opt",
    "/usr/local",
    "/srv",
    home,
  ];
}

/** Terraform's name for this machine: `linux_amd64`. */
function terraformPlatform(): string {
  const architecture = arch() === "x64" ? "amd64" : arch();
  return `${platform()}_${architecture}`;
}

/** The first folder `<root>/…/<tail>`, breadth first, that holds a provider's program. */
function findBelow(root: string, tail: string, depth: number): string | undefined {
  let level = [root];
  for (let step = 0; step <= depth && level.length > 0; step += 1) {
    const found = level.map((directory) => join(directory, tail)).find(holdsProvider);
    if (found !== undefined) return found;
    level = level.flatMap(subdirectories);
  }
  return undefined;
}

function holdsProvider(directory: string): boolean {
  return existsSync(directory) && readdirSync(directory).some((name) => name.startsWith("terraform-provider-"));
}

function subdirectories(directory: string): string[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name !== "node_modules" && entry.name !== ".terraform")
      .map((entry) => join(directory, entry.name));
  } catch {
    return []; // not ours to read
  }
}

async function registryAnswers(): Promise<boolean> {
  try {
    const url = `https://${REGISTRY}/.well-known/terraform.json`;
    return (await fetch(url, { signal: AbortSignal.timeout(REGISTRY_MILLISECONDS) })).ok;
  } catch {
    return false;
  }
}
