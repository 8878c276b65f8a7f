import { expect, test } from "vitest";
import { OperationError } from "../../lib/errors";
import type { FaultRequest, LabFault } from "../../lib/lab";
import { runCli } from "./support";

const killed: LabFault = {
  id: "f-1",
  kind: "kill",
  instanceId: "i-1",
  host: "manager-0",
  since: "2026-01-01T00:00:00.000Z",
  until: "2026-01-01T00:01:00.000Z",
};
const line = "kill: manager-0 (i-1) is dead, since 2026-01-01T00:00:00.000Z, until 2026-01-01T00:01:00.000Z";
const hosts = [{ instanceId: "i-1", host: "manager-0" }];
const lab = {
  labFault: async () => ({ hosts, faults: [killed] }),
  labFaults: async () => [killed],
};

async function requestOf(words: readonly string[]): Promise<FaultRequest | undefined> {
  let request: FaultRequest | undefined;
  const { code, stderr } = await runCli(["lab", "fault", ...words], {
    cwd: "/p",
    lab: {
      labFault: async (options) => {
        request = options.request;
        return { hosts: [], faults: [] };
      },
    },
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return request;
}

test.each<[string, FaultRequest]>([
  ["kill manager-0 general-1", { kind: "kill", hosts: ["manager-0", "general-1"] }],
  ["kill --all", { kind: "kill", hosts: "all" }],
  ["pause manager-0 --for 300", { kind: "pause", hosts: ["manager-0"], seconds: 300 }],
  ["start manager-0", { kind: "start", hosts: ["manager-0"] }],
  ["stop manager-0", { kind: "stop", hosts: ["manager-0"] }],
  ["resume --all", { kind: "resume", hosts: "all" }],
  ["terminate i-1", { kind: "terminate", hosts: ["i-1"] }],
  ["replace manager-2", { kind: "replace", hosts: ["manager-2"] }],
  [
    "partition manager-0 --az us-east-1b --keep-api --for 5",
    { kind: "partition", hosts: ["manager-0"], availabilityZone: "us-east-1b", keepApi: true, seconds: 5 },
  ],
  ["partition manager-0", { kind: "partition", hosts: ["manager-0"], keepApi: false }],
  ["slow --all --milliseconds 80", { kind: "slow", hosts: "all", milliseconds: 80 }],
  ["slow manager-0 --milliseconds 0", { kind: "slow", hosts: ["manager-0"], milliseconds: 0 }],
  ["clock manager-0 --seconds 3600", { kind: "clock", hosts: ["manager-0"], offsetSeconds: 3600 }],
  ["clock manager-0 --seconds -90 --for 5", { kind: "clock", hosts: ["manager-0"], offsetSeconds: -90, seconds: 5 }],
  ["status-checks manager-1 impaired", { kind: "status-checks", hosts: ["manager-1"], checks: "impaired" }],
  ["spot general-0", { kind: "spot", hosts: ["general-0"], seconds: 120 }],
  ["spot general-0 --seconds 30", { kind: "spot", hosts: ["general-0"], seconds: 30 }],
  ["disk manager-0", { kind: "disk", hosts: ["manager-0"], disk: "full" }],
  ["disk manager-0 --free", { kind: "disk", hosts: ["manager-0"], disk: "free" }],
  ["disk --all --prepare", { kind: "disk", hosts: "all", disk: "small" }],
  ["api ec2 error", { kind: "api", service: "ec2", mode: "error" }],
  [
    "api dynamodb slow --node manager-0 --action PutItem --milliseconds 900 --everyone",
    {
      ...{ kind: "api", service: "dynamodb", mode: "slow", host: "manager-0" },
      ...{ action: "PutItem", milliseconds: 900, everyone: true },
    },
  ],
  ["api ec2 throttle --share 0.5", { kind: "api", service: "ec2", mode: "throttle", share: 0.5 }],
  ["heal", { kind: "heal" }],
  ["clear", { kind: "clear" }],
])("`lab fault %s` asks for what it says", async (words, expected) => {
  expect(await requestOf(words.split(" "))).toEqual(expected);
});

test.each([
  ["kill", "which host?"],
  ["kill manager-0 --all", "--all and manager-0: write one of them"],
  ["kill manager-0 --for 0", "--for 0: write a whole number from 1"],
  ["pause --for soon manager-0", "--for soon: write a whole number"],
  ["partition --keep-api", "which hosts?"],
  ["slow manager-0", "required option '--milliseconds <ms>' not specified"],
  ["clock manager-0 --seconds 1.5", "--seconds 1.5: write a whole number"],
  ["status-checks manager-0 bad", "Allowed choices are ok, impaired"],
  ["api ec2", "missing required argument 'MODE'"],
  ["api ec2 throttle --share 50", "--share 50: write a number above 0 and up to 1"],
  ["api ec2 throttle --share 0", "--share 0: write a number above 0 and up to 1"],
  ["explode manager-0", "unknown command 'explode'"],
])("`lab fault %s` is refused with 2", async (words, message) => {
  const { code, stderr } = await runCli(["lab", "fault", ...words.split(" ")], { lab });

  expect(code).toBe(2);
  expect(stderr).toContain(message);
});

test.each([
  ["NoSuchHost", 2],
  ["NoSuchZone", 2],
  ["NoSuchMode", 2],
  ["HostDown", 1],
] as const)("%s ends with %i, in the lab's own words", async (error, expected) => {
  const failing = async () => Promise.reject(new OperationError(error, "there are: manager-0"));

  const { code, stderr } = await runCli(["lab", "fault", "kill", "x"], { lab: { labFault: failing } });

  expect({ code, stderr }).toEqual({ code: expected, stderr: "error: there are: manager-0\n" });
});

test("what was done is the result, and what is on stands beside it", async () => {
  const { stdout, stderr } = await runCli(["lab", "fault", "kill", "manager-0"], { lab });

  expect(stdout).toBe("killed: manager-0\n");
  expect(stderr).toBe(`on now: ${line}\n`);
});

test.each<[LabFault, string]>([
  [
    { kind: "api", service: "ec2", mode: "slow", action: "DescribeInstances", milliseconds: 900, host: "manager-0" },
    "api: ec2:DescribeInstances: slow by 900 ms for manager-0",
  ],
  [
    { kind: "api", service: "*", mode: "error", share: 0.5, everyone: true },
    "api: all services: error for every host and everyone, 50 % of the requests",
  ],
  [
    { id: "f", kind: "clock", instanceId: "i-1", host: "manager-0", offsetSeconds: -90, since: "now" },
    "clock: that of manager-0 (i-1) is 90 s behind, since now",
  ],
  [
    { id: "f", kind: "partition", hosts, availabilityZone: "us-east-1b", keepApi: true, since: "now" },
    "partition: cut off from all others: manager-0, all of us-east-1b, but not from the AWS API, since now",
  ],
])("list says of each fault what it does", async (fault, expected) => {
  const one = { labFaults: async () => [fault] };

  expect((await runCli(["lab", "fault", "list"], { lab: one })).stdout).toBe(`${expected}\n`);
});

test.each([
  ["heal", "healed\n"],
  ["clear", "cleared\n"],
  ["start --all", "nothing to do: no such host could be started\n"],
])("`lab fault %s` says so where it had to do with no host", async (words, expected) => {
  const idle = { labFault: async () => ({ hosts: [], faults: [] }) };

  expect((await runCli(["lab", "fault", ...words.split(" ")], { lab: idle })).stdout).toBe(expected);
});

test("programs get both as JSON", async () => {
  const { stdout, stderr } = await runCli(["lab", "fault", "kill", "manager-0", "--json"], { lab });

  expect(JSON.parse(stdout)).toEqual({ hosts, faults: [killed] });
  expect(stderr).toBe("");
});

test("list shows a line for each fault, or that there is none", async () => {
  const none = { labFaults: async () => [] };

  expect((await runCli(["lab", "fault", "list"], { lab })).stdout).toBe(`${line}\n`);
  expect(JSON.parse((await runCli(["lab", "fault", "list", "--json"], { lab })).stdout)).toEqual([killed]);
  expect((await runCli(["lab", "fault", "list"], { lab: none })).stdout).toBe("no faults are on\n");
});

test("list says that a disk is full", async () => {
  const full: LabFault = { id: "f", kind: "disk", instanceId: "i-1", host: "manager-0", since: "now" };
  const one = { labFaults: async () => [full] };

  expect((await runCli(["lab", "fault", "list"], { lab: one })).stdout).toBe(
    "disk: that of manager-0 (i-1) is full, since now\n",
  );
});
