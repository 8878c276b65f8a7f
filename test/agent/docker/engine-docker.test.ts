import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EngineClient } from "../../../lib/agent/docker/engine-client";
import { EngineDocker } from "../../../lib/agent/docker/engine-docker";
import { managerSettings } from "../../support/simulation/settings";

interface Request {
  readonly method: string;
  readonly url: string;
  readonly body: unknown;
}

const NODE = {
  ID: "n1",
  Version: { Index: 42 },
  CreatedAt: "2026-01-01T00:00:00.000000000Z",
  Spec: { Role: "worker", Availability: "active", Labels: { az: "a" } },
  Description: { Hostname: "ip-10-0-0-2", Engine: { EngineVersion: "20.10.24" } },
  Status: { State: "ready", Addr: "10.0.0.2" },
};
const SWARM = {
  ID: "c1",
  Version: { Index: 11 },
  Spec: {
    Orchestration: { TaskHistoryRetentionLimit: 5 },
    Dispatcher: { HeartbeatPeriod: 5_000_000_000 },
    CAConfig: { NodeCertExpiry: 7_776_000_000_000_000 },
    EncryptionConfig: { AutoLockManagers: true },
  },
  DefaultAddrPool: ["10.255.0.0/16"],
  SubnetSize: 24,
  DataPathPort: 4789,
  JoinTokens: { Worker: "SWMTKN-1-worker", Manager: "SWMTKN-1-manager" },
};

let folder: string;
let server: Server;
let requests: Request[];
/** Answers by method and path without version; a number is a status without more. */
let answers: Record<string, unknown>;
let apiVersion: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "engine-"));
  requests = [];
  apiVersion = "1.41";
  answers = { "GET /_ping": "OK", "GET /nodes/n1": NODE, "GET /nodes": [NODE], "GET /swarm": SWARM };
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const text = Buffer.concat(chunks).toString();
      requests.push({
        method: request.method ?? "",
        url: request.url ?? "",
        body: text === "" ? undefined : JSON.parse(text),
      });
      const path = (request.url ?? "").replace(/^\/v[\d.]+/, "").replace(/\?.*/, "");
      const answer = answers[`${request.method} ${path}`] ?? {};
      response.setHeader("Api-Version", apiVersion);
      if (answer === "silence") return;
      if (typeof answer === "number") {
        response.statusCode = answer;
        response.end(JSON.stringify({ message: `answer ${answer}` }));
      } else response.end(answer === "nothing" ? "" : JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(join(folder, "docker.sock"), resolve));
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

const docker = () => new EngineDocker(new EngineClient(join(folder, "docker.sock")));
const last = () => requests.at(-1);

describe("the version of the API", () => {
  it.each([
    ["1.41", "/v1.41/"],
    ["1.44", "/v1.44/"],
    ["1.99", "/v1.47/"],
  ])("is %s's newest both know", async (server_, prefix) => {
    // GIVEN
    apiVersion = server_;
    // WHEN
    await docker().swarm();
    // THEN
    expect(last()?.url.startsWith(prefix)).toBe(true);
  });

  it("is asked for once", async () => {
    // GIVEN
    const engine = docker();
    // WHEN
    await engine.swarm();
    await engine.swarm();
    // THEN
    expect(requests.map(({ url }) => url)).toEqual(["/_ping", "/v1.41/swarm", "/v1.41/swarm"]);
  });

  it("that is too old is refused with what is needed", async () => {
    // GIVEN
    apiVersion = "1.40";
    // WHEN / THEN
    await expect(docker().swarm()).rejects.toThrow("dockerd speaks API 1.40; at least 1.41 is needed");
  });
});

describe("the node's own state", () => {
  it.each([
    [
      "out of any swarm",
      { LocalNodeState: "inactive", NodeID: "", Cluster: null },
      { state: "inactive", nodeId: undefined, controlAvailable: false },
    ],
    [
      "a worker",
      { LocalNodeState: "active", NodeID: "n1", ControlAvailable: false },
      { state: "active", nodeId: "n1", controlAvailable: false },
    ],
    [
      "a manager",
      { LocalNodeState: "active", NodeID: "n1", ControlAvailable: true, Cluster: { ID: "c1" } },
      { clusterId: "c1", controlAvailable: true },
    ],
    [
      "in error",
      { LocalNodeState: "error", Error: "was removed from swarm" },
      { state: "error", error: "was removed from swarm" },
    ],
  ])("is read when it is %s", async (_, Swarm, expected) => {
    // GIVEN
    answers["GET /info"] = { Swarm };
    // WHEN / THEN
    expect(await docker().status()).toMatchObject(expected);
  });

  it("is unknown when there is no dockerd", async () => {
    // GIVEN
    const engine = new EngineDocker(new EngineClient(join(folder, "none.sock")));
    // WHEN / THEN
    await expect(engine.status()).rejects.toThrow("ENOENT");
  });
});

describe("the swarm", () => {
  it("is founded on the node's own address alone, with what can be set at init only", async () => {
    // GIVEN
    answers["POST /swarm/init"] = "n1";
    // WHEN
    await docker().init({
      address: "10.0.0.2",
      addressPool: "10.255.0.0/16",
      addressPoolMaskLength: 24,
      dataPathPort: 4790,
      heartbeatSeconds: 7,
      certExpiryHours: 2,
      taskHistoryLimit: 3,
      autolock: true,
    });
    // THEN
    expect(last()?.body).toEqual({
      ListenAddr: "10.0.0.2:2377",
      AdvertiseAddr: "10.0.0.2:2377",
      DataPathAddr: "10.0.0.2",
      DataPathPort: 4790,
      DefaultAddrPool: ["10.255.0.0/16"],
      SubnetSize: 24,
      Availability: "active",
      Spec: {
        Orchestration: { TaskHistoryRetentionLimit: 3 },
        Dispatcher: { HeartbeatPeriod: 7_000_000_000 },
        EncryptionConfig: { AutoLockManagers: true },
        CAConfig: { NodeCertExpiry: 7_200_000_000_000 },
      },
    });
  });

  it("is joined with the token in the body, and nowhere else", async () => {
    // GIVEN
    answers["POST /swarm/join"] = "nothing";
    // WHEN
    await docker().join({ address: "10.0.0.2", manager: "10.0.0.1", token: "SWMTKN-1-worker" });
    // THEN
    expect(last()?.url).toBe("/v1.41/swarm/join");
    expect(last()?.body).toEqual({
      ListenAddr: "10.0.0.2:2377",
      AdvertiseAddr: "10.0.0.2:2377",
      DataPathAddr: "10.0.0.2",
      RemoteAddrs: ["10.0.0.1:2377"],
      JoinToken: "SWMTKN-1-worker",
      Availability: "active",
    });
  });

  it("is described without its tokens", async () => {
    // GIVEN / WHEN
    const swarm = await docker().swarm();
    // THEN
    expect(swarm).toEqual({
      clusterId: "c1",
      version: 11,
      addressPools: ["10.255.0.0/16"],
      addressPoolMaskLength: 24,
      dataPathPort: 4789,
      heartbeatSeconds: 5,
      certExpiryHours: 2160,
      taskHistoryLimit: 5,
      autolock: true,
    });
  });

  it.each([
    ["is told where managers are locked", { UnlockKey: "SWMKEY-1-abc" }, "SWMKEY-1-abc"],
    ["is none where they are not", { UnlockKey: "" }, undefined],
  ])("has an unlock key that %s", async (_, answer, expected) => {
    // GIVEN
    answers["GET /swarm/unlockkey"] = answer;
    // WHEN / THEN
    expect(await docker().unlockKey()).toBe(expected);
  });

  it("is unlocked with the key in the body, and nowhere else", async () => {
    // GIVEN
    answers["POST /swarm/unlock"] = "nothing";
    // WHEN
    await docker().unlock("SWMKEY-1-abc");
    // THEN
    expect(last()?.url).toBe("/v1.41/swarm/unlock");
    expect(last()?.body).toEqual({ UnlockKey: "SWMKEY-1-abc" });
  });

  it("is started again from this manager with the lock it is to have: without a word of it there would be none", async () => {
    // GIVEN
    answers["POST /swarm/init"] = "n1";
    // WHEN
    await docker().forceNewCluster({ ...managerSettings(0).swarm, address: "10.0.0.1", autolock: true });
    // THEN
    expect(last()?.body).toMatchObject({
      ForceNewCluster: true,
      AdvertiseAddr: "10.0.0.1:2377",
      Spec: { EncryptionConfig: { AutoLockManagers: true }, Dispatcher: { HeartbeatPeriod: 5_000_000_000 } },
    });
  });

  it("gives out the worker token, never the manager's", async () => {
    expect(await docker().workerToken()).toEqual({ token: "SWMTKN-1-worker", clusterId: "c1", version: 11 });
  });

  it("explains why it refused", async () => {
    // GIVEN
    answers["POST /swarm/join"] = 503;
    // WHEN / THEN
    await expect(docker().join({ address: "a", manager: "b", token: "t" })).rejects.toThrow("answer 503");
  });

  it("is left by force, which a manager needs", async () => {
    // GIVEN
    answers["POST /swarm/leave"] = "nothing";
    // WHEN
    await docker().leave();
    // THEN
    expect(last()?.url).toBe("/v1.41/swarm/leave?force=true");
  });
});

describe("a node", () => {
  it("is read with its place in Raft", async () => {
    // GIVEN
    answers["GET /nodes"] = [
      {
        ...NODE,
        ManagerStatus: { Leader: true, Reachability: "reachable", Addr: "10.0.0.2:2377" },
        Status: { State: "ready", Addr: "0.0.0.0" },
      },
    ];
    // WHEN / THEN
    expect(await docker().nodes()).toMatchObject([
      {
        id: "n1",
        version: 42,
        address: "10.0.0.2",
        state: "ready",
        manager: { leader: true, reachability: "reachable" },
      },
    ]);
  });

  it("is changed in one thing, and otherwise stays what it was", async () => {
    // GIVEN
    answers["POST /nodes/n1/update"] = "nothing";
    // WHEN
    await docker().updateNode("n1", 42, { role: "manager", labels: { slot: "1" } });
    // THEN
    expect(last()).toMatchObject({
      url: "/v1.41/nodes/n1/update?version=42",
      body: { Role: "manager", Availability: "active", Labels: { az: "a", slot: "1" } },
    });
  });

  it("is not changed when it was changed meanwhile", async () => {
    await expect(docker().updateNode("n1", 41, { role: "manager" })).rejects.toThrow("changed meanwhile");
    expect(requests.filter(({ method }) => method === "POST")).toEqual([]);
  });

  it("is removed without force, which dockerd refuses for nodes that are up", async () => {
    // GIVEN
    answers["DELETE /nodes/n1"] = "nothing";
    // WHEN
    await docker().removeNode("n1");
    // THEN
    expect(last()?.url).toBe("/v1.41/nodes/n1");
  });

  it("is not removed when it was changed meanwhile: a new leader may have heard of nobody yet", async () => {
    await expect(docker().removeNode("n1", { version: 41 })).rejects.toThrow("changed meanwhile");
    expect(requests.filter(({ method }) => method === "DELETE")).toEqual([]);
  });

  it("that is gone already counts as removed, one that is refused does not", async () => {
    // GIVEN
    answers["DELETE /nodes/n1"] = 404;
    answers["DELETE /nodes/n2"] = 400;
    // WHEN / THEN
    await expect(docker().removeNode("n1")).resolves.toBeUndefined();
    await expect(docker().removeNode("n2")).rejects.toThrow("answer 400");
  });
});

describe("a dockerd that is silent", () => {
  it("is given up on after the time allowed", async () => {
    // GIVEN
    answers["GET /info"] = "silence";
    const client = new EngineClient(join(folder, "docker.sock"));
    // WHEN / THEN
    await expect(client.send({ method: "GET", path: "/info", timeout: 50 })).rejects.toThrow("did not answer");
  });
});
