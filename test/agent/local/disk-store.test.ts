import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DiskStore } from "../../../lib/agent/local/disk-store";
import { NODE_PATHS, type NodePaths } from "../../../lib/agent/local/paths";

let root: string;
let paths: NodePaths;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "store-"));
  paths = {
    ...NODE_PATHS,
    stateDirectory: join(root, "state"),
    runDirectory: join(root, "run"),
    swarmDirectory: join(root, "swarm"),
  };
});

afterEach(() => rmSync(root, { recursive: true }));

const FOUNDER = { nonce: "n", instanceId: "i-1", epoch: 3 };

describe("the markers", () => {
  it("are there after a restart", async () => {
    // GIVEN
    await new DiskStore(paths).save({ founder: FOUNDER });
    // WHEN / THEN
    expect(await new DiskStore(paths).markers()).toEqual({ founder: FOUNDER });
  });

  it("that are not named stay, those set to undefined go", async () => {
    // GIVEN
    const store = new DiskStore(paths);
    await store.save({ founder: FOUNDER, launch: { instanceId: "i-1" } });
    // WHEN
    await store.save({ founder: undefined });
    // THEN
    expect(await new DiskStore(paths).markers()).toEqual({ launch: { instanceId: "i-1" } });
  });

  it("are for root alone, and leave no draft behind", async () => {
    // GIVEN / WHEN
    await new DiskStore(paths).save({ founder: FOUNDER });
    // THEN
    expect(readdirSync(paths.stateDirectory)).toEqual(["markers.json"]);
    expect(statSync(join(paths.stateDirectory, "markers.json")).mode & 0o777).toBe(0o600);
  });

  it("that are damaged stop the agent rather than count as none", async () => {
    // GIVEN
    mkdirSync(paths.stateDirectory);
    writeFileSync(join(paths.stateDirectory, "markers.json"), "{");
    // WHEN / THEN
    await expect(new DiskStore(paths).markers()).rejects.toThrow();
  });
});

describe("the node certificate", () => {
  const write = (...names: readonly string[]) => {
    mkdirSync(join(paths.swarmDirectory, "certificates"), { recursive: true });
    for (const name of names) writeFileSync(join(paths.swarmDirectory, name), "");
  };

  it("is missing only where dockerd keeps its state without one", async () => {
    // GIVEN
    write("docker-state.json");
    // WHEN / THEN
    expect(await new DiskStore(paths).hasCertificate()).toBe(false);
  });

  it("is there when its file is", async () => {
    // GIVEN
    write("docker-state.json", "certificates/swarm-node.crt");
    // WHEN / THEN
    expect(await new DiskStore(paths).hasCertificate()).toBe(true);
  });

  it("counts as there while dockerd's state is nowhere to be seen", async () => {
    expect(await new DiskStore(paths).hasCertificate()).toBe(true);
  });
});
