import { expect, test } from "vitest";
import { operatorName } from "../../../lib/lab/hosts/host-names";
import { type HostContainer, planHosts, runArguments } from "../../../lib/lab/hosts/hosts";
import { instance } from "../accounts";

const container = (change: Partial<HostContainer> = {}): HostContainer => ({
  id: "c1",
  instanceId: "i-1",
  name: "manager-0",
  state: "running",
  ...change,
});
const kinds = (...args: Parameters<typeof planHosts>): string[] => planHosts(...args).map(({ kind }) => kind);
const none: ReadonlySet<string> = new Set();

test.each(["pending", "running"] as const)("a %s instance without a container gets one", (state) => {
  const wanted = instance("i-1", { state });

  expect(planHosts([wanted], [], none)).toEqual([{ kind: "run", instance: wanted }]);
});

test("an instance without an address waits for it", () => {
  expect(planHosts([instance("i-1", { privateIp: null })], [], none)).toEqual([]);
});

test("a running host is left alone", () => {
  expect(planHosts([instance("i-1")], [container()], none)).toEqual([]);
});

test("a reboot from inside is a reboot, a power-off is a stop, a crash stays a crash", () => {
  expect(kinds([instance("i-1")], [container({ state: "exited", exitCode: 129 })], none)).toEqual(["start"]);
  expect(kinds([instance("i-1")], [container({ state: "exited", exitCode: 130 })], none)).toEqual(["report-stopped"]);
  expect(kinds([instance("i-1")], [container({ state: "exited", exitCode: 137 })], none)).toEqual([]);
});

test("an instance that was stopped through the API starts when the API starts it", () => {
  const stopped = container({ state: "exited", exitCode: 130 });

  expect(kinds([instance("i-1", { state: "stopped" })], [stopped], new Set(["i-1"]))).toEqual([]);
  expect(kinds([instance("i-1", { state: "pending" })], [stopped], new Set(["i-1"]))).toEqual(["start"]);
});

const overdue = new Set(["i-1"]);

test("a killed or frozen host stays so until its time is over", () => {
  const killed = container({ state: "exited", exitCode: 137 });
  const frozen = container({ state: "paused" });

  expect(kinds([instance("i-1")], [killed], none)).toEqual([]);
  expect(kinds([instance("i-1")], [frozen], none)).toEqual([]);
  expect(kinds([instance("i-1")], [killed], none, overdue)).toEqual(["start"]);
  expect(kinds([instance("i-1")], [frozen], none, overdue)).toEqual(["resume"]);
});

test("a host that runs is not started again when a fault of it is overdue", () => {
  expect(kinds([instance("i-1")], [container()], none, overdue)).toEqual([]);
});

test("a frozen host is stopped with its instance", () => {
  expect(kinds([instance("i-1", { state: "stopping" })], [container({ state: "paused" })], none)).toEqual(["stop"]);
});

test("a run that failed half-way is done again", () => {
  expect(kinds([instance("i-1")], [container({ state: "created" })], none)).toEqual(["remove"]);
});

test.each(["stopping", "stopped", "shutting-down"] as const)("a %s instance's host is shut down in order", (state) => {
  expect(kinds([instance("i-1", { state })], [container()], none)).toEqual(["stop"]);
});

test("terminated and unknown instances leave no container", () => {
  expect(kinds([instance("i-1", { state: "terminated" })], [container({ state: "exited" })], none)).toEqual(["remove"]);
  expect(kinds([], [container()], none)).toEqual(["remove"]);
});

test("hosts run without --privileged, at their own address, with disks of their own", () => {
  const args = runArguments(
    instance("i-1", { privateIp: "10.20.1.10" }),
    { vpcId: "vpc-1", cidr: "10.20.0.0/16", bridge: "swlab0", gateway: "10.20.0.1", resolver: "10.20.0.2" },
    "image:1",
    "manager-0",
  ).join(" ");

  expect(args).not.toContain("--privileged");
  expect(args).toContain("--hostname ip-10-20-1-10");
  expect(args).toContain("--network cdktf-swarm-lab-vpc-1 --ip 10.20.1.10");
  expect(args).toContain("--volume cdktf-swarm-lab-i-1-docker:/var/lib/docker");
  expect(args).toContain("--env LAB_GATEWAY=10.20.0.1 --env LAB_RESOLVER=10.20.0.2 image:1");
});

const member = (autoScalingGroup: string | null, cluster?: string) =>
  instance("i-9", { autoScalingGroup, tags: cluster === undefined ? {} : { "cdktf-swarm:cluster": cluster } });

test.each([
  ["a slot by its number", member("dev-manager-2", "dev"), [], "manager-2"],
  ["a pool's by the lowest free number", member("dev-worker-general", "dev"), ["general-0", "general-2"], "general-1"],
  ["a cluster with a telling name", member("x-manager-1-worker-a", "x-manager-1"), [], "a-0"],
  ["a pool named like a role", member("dev-worker-manager-pool", "dev"), [], "manager-pool-0"],
  ["a group without a tag", member("dev-worker-gpu"), [], "gpu-0"],
  ["nobody's group", member("other"), [], "i-9"],
  ["no group", member(null), [], "i-9"],
])("operators' name of %s", (_what, host, taken, expected) => {
  expect(operatorName(host, new Set(taken))).toBe(expected);
});
