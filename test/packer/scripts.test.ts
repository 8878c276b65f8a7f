import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { PACKER, run } from "./support";

/** Everything below these folders that begins with `#!`. */
function shellScripts(): string[] {
  const folders = [PACKER, resolve(__dirname, "../../lib/lab/image"), __dirname];
  return folders
    .flatMap((folder) => readdirSync(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => readFileSync(file, "utf8").startsWith("#!"))
    .sort();
}

describe("provisioning scripts", () => {
  it("are clean by shellcheck", () => {
    // WHEN
    const outcome = run("shellcheck", ["--external-sources", ...shellScripts()]);
    // THEN
    expect(outcome).toMatchObject({ code: 0, stdout: "" });
  });

  it("are for the plain shell and stop at the first error", () => {
    // WHEN
    const wrong = shellScripts().filter((file) => {
      const text = readFileSync(file, "utf8");
      return !text.startsWith("#!/bin/sh\n") || (!/^set -eu$/m.test(text) && !/^exec /m.test(text));
    });
    // THEN
    expect(wrong).toEqual([]);
  });

  it("enable the agent's units only where user data made a node", () => {
    // WHEN
    const conditions = ["swarm-node.service", "swarm-node-prepare.service"].map((unit) =>
      /^ConditionPathExists=(.*)$/m.exec(readFileSync(join(PACKER, "files/systemd", unit), "utf8"))?.at(1),
    );
    // THEN
    expect(conditions).toEqual(["/etc/swarm-node/node.json", "/etc/swarm-node/node.json"]);
  });

  it("leave out of daemon.json what keeps a swarm from starting", () => {
    // WHEN
    const configuration: unknown = JSON.parse(readFileSync(join(PACKER, "files/docker/daemon.json"), "utf8"));
    // THEN `hosts` stands on the command line, live-restore and swarm mode exclude each other
    expect(configuration).toMatchObject({ "log-driver": "local" });
    expect(configuration).not.toHaveProperty("hosts");
    expect(configuration).not.toHaveProperty("live-restore");
  });
});
