import { mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { OperationError } from "../../../lib/errors";
import { findProvider, wantedProvider, writeTerraformConfig } from "../../../lib/lab/terraform/terraform-provider";

const wanted = { source: "hashicorp/aws", version: "5.100.0" };
const platform = `${process.platform}_${process.arch === "x64" ? "amd64" : process.arch}`;
const yes = async () => true;
const no = async () => false;

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "provider-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function unpack(below: string, version = wanted.version): string {
  const directory = join(root, below, "registry.terraform.io/hashicorp/aws", version, platform);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, `terraform-provider-aws_v${version}_x5`), "");
  return directory;
}

test("a provider unpacked anywhere below a root is found, and no registry is asked", async () => {
  const directory = unpack("tools/mirror");

  expect(await findProvider(wanted, [root], () => Promise.reject(new Error("asked")))).toEqual({
    kind: "disk",
    directory,
  });
});

test("another version is not good enough", async () => {
  unpack("mirror", "5.99.0");

  expect(await findProvider(wanted, [root], yes)).toEqual({ kind: "registry" });
});

test("a folder without the program is not good enough", async () => {
  mkdirSync(join(root, "registry.terraform.io/hashicorp/aws/5.100.0", platform), { recursive: true });

  expect(await findProvider(wanted, [root], yes)).toEqual({ kind: "registry" });
});

test("neither disk nor registry: the fault names the provider and where it was looked for", async () => {
  const failing = findProvider(wanted, [root], no);

  await expect(failing).rejects.toThrow(OperationError);
  await expect(failing).rejects.toThrow(/hashicorp\/aws 5\.100\.0 .*registry\.terraform\.io/);
  await expect(failing).rejects.toThrow(root);
});

test("Terraform is sent to the disk for this provider and for no other", () => {
  // GIVEN
  const directory = unpack("opt");
  const files = { mirror: join(root, "mirror"), config: join(root, "terraform.rc") };

  // WHEN: also a second time, as every `up` does
  writeTerraformConfig(wanted, directory, files);
  writeTerraformConfig(wanted, directory, files);

  // THEN
  const link = join(files.mirror, "registry.terraform.io/hashicorp/aws/5.100.0", platform);
  expect(readlinkSync(link)).toBe(directory);
  const config = readFileSync(files.config, "utf8");
  expect(config).toContain(`path    = "${files.mirror}"`);
  expect(config.match(/"registry\.terraform\.io\/hashicorp\/aws"/g)).toHaveLength(2);
});

test("the version asked for is the one of the project's bindings", () => {
  expect(wantedProvider(process.cwd())).toEqual(wanted);
});
