import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { PACKER, run, scratchFolder } from "./support";

const SCRIPT = join(PACKER, "files/build/assert-pristine.sh");

/** The root of an image with these files beside an empty machine id. */
function image(files: Readonly<Record<string, string>> = {}): string {
  const root = scratchFolder();
  for (const [path, content] of Object.entries({ "etc/machine-id": "", ...files })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return root;
}

describe("an image", () => {
  it("passes when it carries no identity", () => {
    // GIVEN an engine that ran, but never was in a swarm
    const root = image();
    mkdirSync(join(root, "var/lib/docker/swarm"), { recursive: true });
    mkdirSync(join(root, "var/lib/dbus"), { recursive: true });
    symlinkSync("/etc/machine-id", join(root, "var/lib/dbus/machine-id"));
    // WHEN
    const outcome = run("sh", [SCRIPT, root]);
    // THEN
    expect(outcome).toMatchObject({ code: 0, stderr: "" });
  });

  it.each([
    ["the state of a swarm", "var/lib/docker/swarm/docker-state.json"],
    ["an engine's key", "etc/docker/key.json"],
    ["an engine's id", "var/lib/docker/engine-id"],
    ["a machine's id", "etc/machine-id"],
    ["a node's settings", "etc/swarm-node/node.json"],
    ["a node's memory", "var/lib/swarm-node/state.json"],
  ])("is refused with %s", (_what, path) => {
    // GIVEN
    const root = image({ [path]: "left behind" });
    // WHEN
    const outcome = run("sh", [SCRIPT, root]);
    // THEN
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toContain(root);
  });

  it("is refused without a file for the machine id: systemd takes the boot for an installation", () => {
    // WHEN
    const outcome = run("sh", [SCRIPT, scratchFolder()]);
    // THEN
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toContain("etc/machine-id is missing");
  });
});
