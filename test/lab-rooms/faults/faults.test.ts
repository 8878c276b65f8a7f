import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { candidates, chooseHosts, refuseUnknownZone } from "../../../lib/lab/faults/choose";
import { cutsOf } from "../../../lib/lab/faults/cuts";
import { endedFaults, faultsInEffect, overdueHosts } from "../../../lib/lab/faults/in-effect";
import { FaultFile, type HostFault, newFault, type RecordedFault } from "../../../lib/lab/faults/records";
import type { HostContainer } from "../../../lib/lab/hosts/hosts";
import { account, instance } from "../accounts";

const container = (instanceId: string, state = "running", name = instanceId): HostContainer => ({
  id: `c-${instanceId}`,
  instanceId,
  name,
  state,
});
const on = (kind: HostFault["kind"]) => newFault({ kind, instanceId: "i-1", host: "manager-0" });
const slow = newFault({ kind: "slow", instanceId: "i-1", host: "manager-0", milliseconds: 80 });
const partition = (change: { hosts?: string[]; availabilityZone?: string; until?: string } = {}) =>
  newFault({
    kind: "partition",
    keepApi: false,
    ...change,
    hosts: (change.hosts ?? []).map((instanceId) => ({ instanceId, host: instanceId })),
  });

test.each([
  ["a killed host that is dead", on("kill"), "running", "exited", true],
  ["a killed host that was started", on("kill"), "running", "running", false],
  ["a killed host whose instance was stopped", on("kill"), "stopped", "exited", false],
  ["a killed host that was replaced", on("kill"), "terminated", "exited", false],
  ["a frozen host", on("pause"), "running", "paused", true],
  ["a frozen host that was killed", on("pause"), "running", "exited", false],
  ["a host that shuts down", on("stop"), "stopping", "running", true],
  ["a stopped host", on("stop"), "stopped", "exited", true],
  ["a stopped host that was started", on("stop"), "pending", "exited", false],
  ["a stopped host that was terminated", on("stop"), "shutting-down", "exited", false],
  ["an instance whose checks fail", on("status-checks"), "stopped", "exited", true],
  ["an instance whose checks failed and is gone", on("status-checks"), "terminated", "exited", false],
  ["a slow host", slow, "stopped", "exited", true],
  ["a slow host that is gone", slow, "terminated", "exited", false],
  ["an instance with a spot notice", on("spot"), "running", "running", true],
  ["a host that is cut off", partition({ hosts: ["i-1"] }), "running", "running", true],
  ["a host that was cut off and is gone", partition({ hosts: ["i-1"] }), "terminated", "exited", false],
  ["a zone without hosts that is cut off", partition({ availabilityZone: "z" }), "terminated", "exited", true],
] as const)("%s is on record as it is", (_what, fault, state, containerState, expected) => {
  const scene = { instances: [instance("i-1", { state })], containers: [container("i-1", containerState)] };

  expect(faultsInEffect([fault], scene)).toEqual(expected ? [fault] : []);
});

test("a partition and a delay are over with their time, a killed host only when it is back", () => {
  const until = new Date(1_000).toISOString();
  const faults: RecordedFault[] = [{ ...on("kill"), until }, partition({ hosts: ["i-1"], until }), { ...slow, until }];
  const scene = { instances: [instance("i-1")], containers: [container("i-1", "exited")] };

  expect(endedFaults(faults, scene, 999)).toEqual([]);
  expect(endedFaults(faults, scene, 1_000)).toEqual(faults.slice(1));
});

test("only what was killed or frozen is brought back when its time is over", () => {
  const until = new Date(1_000).toISOString();
  const faults = (["kill", "pause", "spot", "stop"] as const).map((kind, index) => ({
    ...on(kind),
    instanceId: `i-${index}`,
    until,
  }));

  expect(overdueHosts(faults, 999)).toEqual([]);
  expect(overdueHosts(faults, 1_000)).toEqual(["i-0", "i-1"]);
});

test("a zone is cut off with its hosts, also with one that comes later, and not with one that is gone", () => {
  const inZone = { availabilityZone: "us-east-1b" };
  const fault = partition({ hosts: ["i-1"], ...inZone });
  const instances = [
    instance("i-1", { privateIp: "10.20.1.10" }),
    instance("i-2", { privateIp: "10.20.2.10", ...inZone }),
    instance("i-3", { privateIp: "10.20.2.11", state: "terminated", ...inZone }),
    instance("i-4", { privateIp: "10.20.2.12", state: "pending", ...inZone }),
    instance("i-5", { privateIp: "10.20.3.10", availabilityZone: "us-east-1c" }),
  ];

  expect(cutsOf([fault, on("kill")], account({ instances }))).toEqual([
    { vpcId: "vpc-1", addresses: ["10.20.1.10", "10.20.2.10", "10.20.2.12"], keepApi: false },
  ]);
});

const scene = {
  instances: [
    instance("i-1", { launchTime: "2026-01-01T00:00:00Z" }),
    instance("i-2", { launchTime: "2026-01-02T00:00:00Z" }),
    instance("i-3", { state: "shutting-down" }),
    instance("i-4", { availabilityZone: "us-east-1b" }),
  ],
  containers: [
    container("i-1", "exited", "manager-0"),
    container("i-2", "running", "manager-0"),
    container("i-3", "running", "general-0"),
  ],
};
const ids = (...args: Parameters<typeof chooseHosts>): string[] => chooseHosts(...args).map((host) => host.instance.id);

test("a slot's name means its latest instance, and a host without a container has its instance's name", () => {
  expect(ids(["manager-0", "i-4"], scene)).toEqual(["i-2", "i-4"]);
  expect(ids(["i-1", "i-1"], scene)).toEqual(["i-1"]);
});

test("all hosts are those that are not on their way out", () => {
  expect(ids("all", scene)).toEqual(candidates(scene).map(({ instance }) => instance.id));
  expect(ids("all", scene)).not.toContain("i-3");
});

test("a host or zone that is not there is answered with those that are", () => {
  expect(() => chooseHosts(["general-0"], scene)).toThrow(
    "there is no host general-0 in the lab; there are: i-4, manager-0, manager-0",
  );
  expect(() => refuseUnknownZone("us-east-1z", scene)).toThrow("there are hosts in: us-east-1a, us-east-1b");
});

function faultFile(): { readonly file: FaultFile; readonly lock: string } {
  const directory = mkdtempSync(join(tmpdir(), "faults-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return { file: new FaultFile(join(directory, "faults.json")), lock: join(directory, "faults.json.lock") };
}

test("fails when one of two changes at the same time is lost", async () => {
  // GIVEN
  const { file, lock } = faultFile();
  writeFileSync(lock, "");
  const changes = [on("kill"), on("pause")].map((fault) => file.update((faults) => [...faults, fault]));

  // WHEN
  await new Promise((resolve) => setTimeout(resolve, 30));
  const whileLocked = file.read().faults;
  rmSync(lock);
  await Promise.all(changes);

  // THEN
  expect(whileLocked).toEqual([]);
  expect(file.read()).toMatchObject({ version: 2, faults: [{}, {}] });
});

test("fails when the lock of a process that died is waited for", async () => {
  // GIVEN
  const { file, lock } = faultFile();
  writeFileSync(lock, "");
  const longAgo = Date.now() / 1000 - 60;
  utimesSync(lock, longAgo, longAgo);

  // WHEN
  await file.update((faults) => [...faults, on("kill")]);

  // THEN
  expect(file.read().faults).toHaveLength(1);
  expect(existsSync(lock)).toBe(false);
});
