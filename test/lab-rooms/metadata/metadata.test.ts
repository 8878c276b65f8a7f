import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import type { AccountInstance } from "../../../lib/lab/emulator/account-state";
import { type MetadataContext, metadataAt } from "../../../lib/lab/metadata/metadata";
import { MetadataService } from "../../../lib/lab/metadata/metadata-service";
import { instance } from "../accounts";

const contextFor = (change: Partial<AccountInstance> = {}): MetadataContext => ({
  instance: instance("i-1", { roleName: "dev-manager", autoScalingGroup: "dev-manager-0", ...change }),
  vpcCidr: "10.20.0.0/16",
  subnetCidr: "10.20.0.0/20",
  accountId: "123456789012",
  now: new Date("2026-01-01T00:00:00Z"),
});
const value = (path: string, change?: Partial<AccountInstance>) => metadataAt(`meta-data/${path}`, contextFor(change));

test("an instance learns who and where it is", () => {
  expect(value("instance-id")).toBe("i-1");
  expect(value("local-ipv4")).toBe("10.20.1.10");
  expect(value("placement/availability-zone")).toBe("us-east-1a");
  expect(value("placement/region")).toBe("us-east-1");
  expect(value("hostname")).toBe("ip-10-20-1-10.ec2.internal");
  expect(value("hostname", { availabilityZone: "eu-west-1b" })).toBe("ip-10-20-1-10.eu-west-1.compute.internal");
  expect(value("mac")).toBe("02:42:0a:14:01:0a");
});

test("folders list what is in them, so that cloud-init can walk the tree", () => {
  expect(metadataAt("", contextFor())).toBe("dynamic/\nmeta-data/");
  expect(metadataAt("meta-data/placement/", contextFor())).toBe("availability-zone\nregion");
  expect(metadataAt("meta-data/iam/security-credentials/", contextFor())).toBe("dev-manager");
});

test("credentials are the instance's own, so that its requests can be counted", () => {
  // WHEN
  const read = (id: string) =>
    JSON.parse(
      metadataAt("meta-data/iam/security-credentials/dev-manager", {
        ...contextFor(),
        instance: { ...contextFor().instance, id },
      }) ?? "",
    );

  // THEN
  expect(read("i-1")).toMatchObject({ Code: "Success", Expiration: "2026-01-01T06:00:00Z" });
  expect(read("i-1").AccessKeyId).toMatch(/^ASIALAB[0-9A-F]{13}$/);
  expect(read("i-1").AccessKeyId).toBe(read("i-1").AccessKeyId);
  expect(read("i-2").AccessKeyId).not.toBe(read("i-1").AccessKeyId);
});

test("an instance without a role has no credentials", () => {
  expect(value("iam/security-credentials/", { roleName: null })).toBeUndefined();
});

test.each([
  ["Pending:Wait", "InService"],
  ["InService", "InService"],
  ["Terminating:Wait", "Terminated"],
  ["EnteringStandby", "Standby"],
])("Auto Scaling takes an instance that is %s to %s", (lifecycleState, target) => {
  expect(value("autoscaling/target-lifecycle-state", { lifecycleState })).toBe(target);
});

test("there is no spot notice, and no tags unless they are switched on", () => {
  expect(value("spot/instance-action")).toBeUndefined();
  expect(value("tags/instance")).toBeUndefined();
});

test("fails when a spot notice is not told as EC2 tells it", () => {
  // GIVEN
  const time = "2026-01-01T00:02:00Z";
  const notified = { spotAction: { action: "terminate", time } };

  // THEN
  expect(value("spot", notified)).toBe("instance-action\ntermination-time");
  expect(JSON.parse(value("spot/instance-action", notified) ?? "")).toEqual({ action: "terminate", time });
  expect(value("spot/termination-time", notified)).toBe(time);
});

test("user data comes back as it was, not as the API carries it", () => {
  const userData = Buffer.from("#cloud-config\n# ü\n").toString("base64");

  expect(metadataAt("user-data", contextFor({ userData }))).toBe("#cloud-config\n# ü\n");
  expect(metadataAt("user-data", contextFor())).toBeUndefined();
});

test("names of JavaScript's own objects are no metadata", () => {
  expect(value("constructor")).toBeUndefined();
  expect(value("placement/toString")).toBeUndefined();
});

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** A service on the loopback interface, where every caller is the one instance. */
async function serve(change: Partial<AccountInstance> = {}, clock = { now: 0 }) {
  let found: MetadataContext | undefined = contextFor(change);
  const server = new MetadataService(
    () => found,
    () => clock.now,
  ).server();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => server.close());
  const { port } = server.address() as AddressInfo;
  const call = (path: string, init: RequestInit = {}) => fetch(`http://127.0.0.1:${port}${path}`, init);
  const token = async (seconds = "60") => {
    const headers = { "x-aws-ec2-metadata-token-ttl-seconds": seconds };
    return await call("/latest/api/token", { method: "PUT", headers });
  };
  const get = async (path: string, held?: string) =>
    await call(path, held === undefined ? {} : { headers: { "x-aws-ec2-metadata-token": held } });
  return { call, token, get, forget: () => (found = undefined) };
}

test("version 2: no token, no answer; with a token, the answer", async () => {
  // GIVEN
  const service = await serve();

  // WHEN
  const without = await service.get("/latest/meta-data/instance-id");
  const held = await (await service.token()).text();
  const withIt = await service.get("/latest/meta-data/instance-id", held);

  // THEN
  expect(without.status).toBe(401);
  expect([withIt.status, await withIt.text()]).toEqual([200, "i-1"]);
  expect((await service.get("/2021-03-23/meta-data/instance-id", held)).status).toBe(200);
  expect((await service.get("/latest/meta-data/nothing", held)).status).toBe(404);
});

test("a token ends with its time", async () => {
  const clock = { now: 0 };
  const service = await serve({}, clock);
  const held = await (await service.token("60")).text();

  clock.now = 60_000;

  expect((await service.get("/latest/meta-data/instance-id", held)).status).toBe(401);
});

test.each(["", "0", "21601", "1x"])("a token for %j seconds is refused", async (seconds) => {
  const service = await serve();

  expect((await service.token(seconds)).status).toBe(400);
});

test("what came through a proxy gets no token", async () => {
  const service = await serve();
  const headers = { "x-aws-ec2-metadata-token-ttl-seconds": "60", "x-forwarded-for": "10.0.0.1" };

  expect((await service.call("/latest/api/token", { method: "PUT", headers })).status).toBe(403);
});

test("version 1 answers only where the launch template allows it, and never to a false token", async () => {
  const optional = await serve({ httpTokens: "optional" });
  const required = await serve({ httpTokens: "required" });

  expect((await optional.get("/latest/meta-data/instance-id")).status).toBe(200);
  expect((await optional.get("/latest/meta-data/instance-id", "false")).status).toBe(401);
  expect((await required.get("/latest/meta-data/instance-id")).status).toBe(401);
});

test("nobody's address gets nothing", async () => {
  const service = await serve();
  service.forget();

  expect((await service.token()).status).toBe(404);
});
