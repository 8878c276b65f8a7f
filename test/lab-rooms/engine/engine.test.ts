import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { isUsable } from "../../../lib/lab/engine/engine";
import { removeStrayFiles, renderRemoval } from "../../../lib/lab/engine/engine-traces";

const info = {
  Name: "here",
  OSType: "linux",
  OperatingSystem: "Debian GNU/Linux 12",
  SecurityOptions: ["name=cgroupns"],
};

test("an engine beside us is used", () => {
  expect(isUsable(info, "here")).toBe(true);
});

test.each([
  ["in a virtual machine", { OperatingSystem: "Docker Desktop" }],
  ["on another machine", { Name: "there" }],
  ["without root", { SecurityOptions: ["name=rootless"] }],
  ["for another system", { OSType: "windows" }],
])("an engine %s cannot carry hosts", (_name, change) => {
  expect(isUsable({ ...info, ...change }, "here")).toBe(false);
});

const saved = [
  "*nat",
  ":PREROUTING ACCEPT [0:0]",
  ":DOCKER - [0:0]",
  "-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER",
  "COMMIT",
  "*filter",
  ":FORWARD DROP [0:0]",
  ":DOCKER - [0:0]",
  ":DOCKER-USER - [0:0]",
  ":MINE - [0:0]",
  "-A FORWARD -j DOCKER-USER",
  "-A FORWARD -j MINE",
  "-A DOCKER-USER -j RETURN",
  "COMMIT",
  "",
].join("\n");
const before = { forwardPolicy: "ACCEPT", ipForward: "0" };

test("chains that came with our engine go, with the rules that lead there; others' stay", () => {
  expect(renderRemoval(saved, { ...before, chains: [] })).toBe(
    [
      "*filter",
      "-D FORWARD -j DOCKER-USER",
      "-F DOCKER",
      "-F DOCKER-USER",
      "-X DOCKER",
      "-X DOCKER-USER",
      "COMMIT",
      "*nat",
      "-D PREROUTING -m addrtype --dst-type LOCAL -j DOCKER",
      "-F DOCKER",
      "-X DOCKER",
      "COMMIT",
      "",
    ].join("\n"),
  );
});

test("chains of an engine that was there before stay", () => {
  const chains = ["nat DOCKER", "filter DOCKER", "filter DOCKER-USER"];

  expect(renderRemoval(saved, { ...before, chains })).toBe("");
});

test("files that came with our engine go with the folders that came with them; what others put there stays", () => {
  // GIVEN
  const root = mkdtempSync(join(tmpdir(), "engine-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const paths = ["etc", "etc/key.json", "run", "run/plugins", "run/plugins/socket", "run/others"].map((path) =>
    join(root, path),
  );
  for (const path of ["etc", "run/plugins"]) mkdirSync(join(root, path), { recursive: true });
  for (const path of ["etc/key.json", "run/plugins/socket", "run/others"]) writeFileSync(join(root, path), "");

  // WHEN
  removeStrayFiles(["etc/key.json", "etc", "run/plugins", "run", "none"].map((path) => join(root, path)));

  // THEN
  expect(paths.filter(existsSync)).toEqual([join(root, "run"), join(root, "run/others")]);
});
