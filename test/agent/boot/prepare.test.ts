import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { prepare } from "../../../lib/agent/boot/prepare";
import { DiskStore } from "../../../lib/agent/local/disk-store";
import type { NodePaths } from "../../../lib/agent/local/paths";
import { SwarmDiskLock } from "../../../lib/agent/local/swarm-disk-lock";
import { Log } from "../../../lib/agent/log";
import type { Markers, UnlockKeys } from "../../../lib/agent/ports";
import type { NodeSettings } from "../../../lib/registry/node-settings";
import type { ClusterRecord } from "../../../lib/registry/records";
import { managerSettings, workerSettings } from "../../support/simulation/settings";
import { publishedRecord } from "../decide/given";
import { LOCKED_KEY_FILE, UNLOCK_KEY } from "../local/locked-manager";

const SELF = { instanceId: "i-1", address: "10.0.0.2", availabilityZone: "eu-west-1a" };

let root: string;
let paths: NodePaths;
let slept: number;
let unlockKeys: UnlockKeys | undefined;
let lines: string[];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "prepare-"));
  slept = 0;
  unlockKeys = undefined;
  lines = [];
  paths = {
    stateDirectory: join(root, "state"),
    runDirectory: join(root, "run"),
    swarmDirectory: join(root, "docker", "swarm"),
    dockerSocket: join(root, "docker.sock"),
    firewallScript: join(root, "firewall.sh"),
  };
  writeFileSync(paths.firewallScript, `#!/bin/sh\ntouch ${join(root, "firewall-ran")}\n`);
  chmodSync(paths.firewallScript, 0o755);
});

afterEach(() => rmSync(root, { recursive: true }));

/** A disk on which dockerd has swarm state, and the agent these markers. */
async function withSwarmState(markers: Markers): Promise<void> {
  mkdirSync(paths.swarmDirectory, { recursive: true });
  writeFileSync(join(paths.swarmDirectory, "docker-state.json"), "{}");
  mkdirSync(join(paths.swarmDirectory, "certificates"));
  writeFileSync(join(paths.swarmDirectory, "certificates", "swarm-node.crt"), "");
  await new DiskStore(paths).save(markers);
}

/** The registry as a boot may find it. */
type ReadCluster = () => Promise<ClusterRecord | undefined>;

function prepared(settings: NodeSettings, failures = 0, cluster: ReadCluster = async () => undefined): Promise<void> {
  let left = failures;
  const sleep = async (milliseconds: number) => {
    slept += milliseconds;
  };
  return prepare({
    settings,
    paths,
    store: new DiskStore(paths),
    registry: { cluster },
    diskLock: new SwarmDiskLock(paths),
    unlockKeys,
    clock: { now: () => slept, wallTime: () => 0, sleep },
    log: new Log(
      (line) => lines.push(line),
      () => 0,
    ),
    metadata: {
      identity: async () => {
        if (left-- > 0) throw new Error("no route");
        return SELF;
      },
      terminating: async () => false,
    },
  });
}

const environment = () => readFileSync(join(paths.runDirectory, "dockerd.env"), "utf8");
const member = (overrides = {}) => ({
  nonce: "nonce-1",
  instanceId: "i-1",
  clusterId: "c1",
  generation: 0,
  ...overrides,
});

describe("the preparation of a boot", () => {
  it("binds an internal Docker API to the private address", async () => {
    // GIVEN / WHEN
    await prepared(workerSettings());
    // THEN
    expect(environment()).toBe('DOCKERD_OPTS="-H tcp://10.0.0.2:2375 --tls=false"\n');
  });

  it("leaves the Docker API closed when it is switched off", async () => {
    // GIVEN / WHEN
    await prepared(workerSettings("general", 3, { dockerApi: "none" }));
    // THEN
    expect(environment()).toBe('DOCKERD_OPTS=""\n');
  });

  it("sets the firewall up", async () => {
    // GIVEN / WHEN
    await prepared(workerSettings());
    // THEN
    expect(existsSync(join(root, "firewall-ran"))).toBe(true);
  });

  it("fails, so that dockerd stays down, when the firewall does", async () => {
    // GIVEN
    writeFileSync(paths.firewallScript, "#!/bin/sh\nexit 1\n");
    // WHEN / THEN
    await expect(prepared(workerSettings())).rejects.toThrow();
  });

  it("waits for a metadata service that comes up late, but not for ever", async () => {
    await prepared(workerSettings(), 30);
    expect(slept).toBe(30_000);
    await expect(prepared(workerSettings(), 1_000)).rejects.toThrow("no route");
  });
});

describe("swarm state on disk", () => {
  it("of this instance and this life of the cluster stays", async () => {
    // GIVEN
    await withSwarmState({ member: member() });
    // WHEN
    await prepared(managerSettings(0));
    // THEN
    expect(existsSync(join(paths.swarmDirectory, "docker-state.json"))).toBe(true);
  });

  it.each([
    ["another life of the cluster", { nonce: "nonce-0" }],
    ["another instance", { instanceId: "i-image" }],
  ])("of %s is set aside on a worker", async (_, difference) => {
    // GIVEN
    await withSwarmState({ member: member(difference) });
    // WHEN
    await prepared(workerSettings());
    // THEN
    expect(readdirSync(join(root, "docker"))).toEqual(["swarm.foreign-1970-01-01T000000.000Z"]);
    expect(await new DiskStore(paths).markers()).toEqual({});
  });

  it.each([
    ["another life of the cluster", { nonce: "nonce-0" }],
    ["another instance", { instanceId: "i-image" }],
  ])("of %s keeps a manager's dockerd down, with the reason for the agent to report", async (_, difference) => {
    // GIVEN
    await withSwarmState({ member: member(difference) });
    // WHEN / THEN
    await expect(prepared(managerSettings(0))).rejects.toThrow("dockerd stays down");
    expect(existsSync(join(paths.swarmDirectory, "docker-state.json"))).toBe(true);
    expect(await new DiskStore(paths).refusal()).toContain("dockerd stays down");
    expect(existsSync(join(paths.runDirectory, "dockerd.env"))).toBe(false);
  });

  it("of a founder counts, too", async () => {
    // GIVEN
    await withSwarmState({ founder: { nonce: "nonce-0", instanceId: "i-1", epoch: 1 } });
    // WHEN / THEN
    await expect(prepared(managerSettings(0))).rejects.toThrow("dockerd stays down");
  });

  it("that the agent knows nothing of stays: nothing proves it foreign", async () => {
    // GIVEN
    await withSwarmState({});
    // WHEN
    await prepared(workerSettings());
    // THEN
    expect(existsSync(join(paths.swarmDirectory, "docker-state.json"))).toBe(true);
  });

  it("that is gone is no longer refused", async () => {
    // GIVEN
    await withSwarmState({ member: member({ nonce: "nonce-0" }) });
    await prepared(managerSettings(0)).catch(() => undefined);
    rmSync(paths.swarmDirectory, { recursive: true });
    // WHEN
    await prepared(managerSettings(0));
    // THEN
    expect(await new DiskStore(paths).refusal()).toBeUndefined();
  });
});

describe("swarm state of an earlier generation", () => {
  const recovered = (overrides: Partial<ClusterRecord> = {}) => publishedRecord({ generation: 1, ...overrides });
  const survivor = (instanceId: string) =>
    recovered({ phase: "recovering", recovery: { slot: 0, instanceId, requestedAt: "" } });

  it.each([
    ["was recovered without it", recovered()],
    ["is being recovered without it", survivor("i-2")],
  ])("keeps a manager's dockerd down when the swarm %s", async (_, record) => {
    // GIVEN
    await withSwarmState({ member: member() });
    // WHEN / THEN
    await expect(prepared(managerSettings(0), 0, async () => record)).rejects.toThrow(
      /generation 0 .* dockerd stays down/,
    );
  });

  it.each([
    ["the swarm is recovered from this manager", survivor("i-1")],
    ["it is of the same generation", publishedRecord()],
    ["the record is of another swarm", recovered({ clusterId: "c2" })],
    ["the record is of another life of the cluster", recovered({ nonce: "nonce-0" })],
    ["there is no record", undefined],
  ])("lets dockerd start when %s", async (_, record) => {
    // GIVEN
    await withSwarmState({ member: member() });
    // WHEN / THEN
    await prepared(managerSettings(0), 0, async () => record);
  });

  it("is no reason where the manager had only begun to join", async () => {
    // GIVEN
    await withSwarmState({ member: member() });
    rmSync(join(paths.swarmDirectory, "certificates"), { recursive: true });
    // WHEN / THEN
    await prepared(managerSettings(0), 0, async () => recovered());
  });

  it("is no reason on a worker, who has no Raft log", async () => {
    // GIVEN
    await withSwarmState({ member: member() });
    // WHEN / THEN
    await prepared(workerSettings(), 0, async () => recovered());
  });

  it("does not keep a manager down for want of a registry, once it was asked for ten seconds", async () => {
    // GIVEN
    await withSwarmState({ member: member() });
    // WHEN
    await prepared(managerSettings(0), 0, () => Promise.reject(new Error("no route")));
    // THEN
    expect(slept).toBe(10_000);
  });
});

describe("the locked disk of a manager", () => {
  const recovery = (instanceId: string) => ({ slot: 0, instanceId, requestedAt: "" });
  const recovering = (overrides: Partial<ClusterRecord> = {}) =>
    publishedRecord({ phase: "recovering", generation: 1, recovery: recovery("i-1"), ...overrides });
  const keyFile = () => join(paths.swarmDirectory, "certificates", "swarm-node.key");
  const isLocked = () => readFileSync(keyFile(), "utf8") === LOCKED_KEY_FILE;

  beforeEach(async () => {
    await withSwarmState({ member: member() });
    writeFileSync(keyFile(), LOCKED_KEY_FILE);
    unlockKeys = { read: async () => UNLOCK_KEY, write: async () => {} };
  });

  it("is opened before dockerd starts when the swarm is to start again from it, without a word of the key", async () => {
    // GIVEN / WHEN
    await prepared(managerSettings(0), 0, async () => recovering());
    // THEN
    expect(isLocked()).toBe(false);
    expect(lines.join("")).not.toContain(UNLOCK_KEY.slice(9));
  });

  it.each([
    ["nobody recovers the swarm", async () => publishedRecord()],
    ["another manager carries on", async () => recovering({ recovery: recovery("i-9") })],
    ["another swarm is recovered", async () => recovering({ clusterId: "c9" })],
    ["the swarm has started again already", async () => recovering({ generation: 0 })],
    ["the registry does not answer", () => Promise.reject(new Error("timeout"))],
  ])("stays locked when %s", async (_, cluster: ReadCluster) => {
    // GIVEN / WHEN
    await prepared(managerSettings(0), 0, cluster).catch(() => undefined);
    // THEN
    expect(isLocked()).toBe(true);
  });

  it.each<[string, UnlockKeys["read"]]>([
    ["there is no key", async () => undefined],
    ["the secret cannot be read", () => Promise.reject(new Error("AccessDeniedException"))],
  ])("does not keep dockerd down when %s: it starts locked, and the log says why", async (_, read) => {
    // GIVEN
    unlockKeys = { read, write: async () => {} };
    // WHEN
    await prepared(managerSettings(0), 0, async () => recovering());
    // THEN
    expect(isLocked()).toBe(true);
    expect(environment()).toContain("DOCKERD_OPTS");
    expect(lines.join("")).toMatch(/"event":"disk","error":/);
  });
});
