import { expect, test } from "vitest";
import type { RunCommand } from "../../../lib/lab/machine/command";
import { ensurePrerequisites, type PrerequisiteOptions } from "../../../lib/lab/machine/prerequisites";

const DEBIAN = 'ID=debian\nVERSION_ID="12"\n';
const FEDORA = "ID=fedora\n";

/** A machine where these programs are missing until apt-get installs a package. */
function machine(...missing: string[]) {
  const calls: string[] = [];
  const absent = new Set(missing);
  const run: RunCommand = async (program, args) => {
    calls.push([program, ...args].join(" "));
    if (program === "apt-get" && args.includes("install")) absent.clear();
    const unknown = program === "apt-cache" && args.includes("docker-cli");
    return { code: absent.has(program) || unknown ? 127 : 0, stdout: "", stderr: "" };
  };
  const installed: string[] = [];
  const ensure = (change: Partial<PrerequisiteOptions> = {}) =>
    ensurePrerequisites({
      ...{ run, hasEngine: false, isRoot: true, osRelease: DEBIAN },
      onInstall: (packages) => installed.push(...packages),
      ...change,
    });
  return { ensure, calls, installed };
}

test("nothing is installed where nothing is missing", async () => {
  const { ensure, calls } = machine();

  await ensure();

  expect(calls.filter((call) => call.startsWith("apt"))).toEqual([]);
});

test("on Debian as root, what is missing is installed, after the package lists", async () => {
  // GIVEN
  const { ensure, calls, installed } = machine("dockerd", "docker", "mmdebstrap");

  // WHEN
  await ensure();

  // THEN
  expect(installed.sort()).toEqual(["docker.io", "mmdebstrap"]);
  expect(calls.filter((call) => call.startsWith("apt-get"))).toEqual([
    "apt-get -q update",
    "apt-get -q install --yes --no-install-recommends mmdebstrap docker.io",
  ]);
});

test("no daemon is needed where an engine answers", async () => {
  await expect(machine("dockerd").ensure({ hasEngine: true })).resolves.toBeUndefined();
});

test("without root, everything missing is named at once, with the command", async () => {
  const failing = machine("dockerd", "iptables").ensure({ isRoot: false });

  await expect(failing).rejects.toThrow(/- root: [\s\S]*- iptables[\s\S]*- dockerd/);
  await expect(failing).rejects.toThrow("apt-get update && apt-get install --yes iptables docker.io");
});

test("elsewhere, everything missing is named and nothing is installed", async () => {
  const { ensure, calls } = machine("mmdebstrap");

  await expect(ensure({ osRelease: FEDORA })).rejects.toThrow("- mmdebstrap");
  expect(calls.filter((call) => call.startsWith("apt-get"))).toEqual([]);
});

test("what no package has is named with where to get it, and nothing is installed by halves", async () => {
  const { ensure, installed } = machine("terraform", "iptables");

  await expect(ensure()).rejects.toThrow(/- terraform \(see https:/);
  expect(installed).toEqual([]);
});
