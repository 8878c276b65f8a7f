import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import type { InstanceState } from "../../../lib/lab/emulator/account-state";
import { askEmulator } from "../../../lib/lab/emulator/emulator-api";
import type { DockerCli } from "../../../lib/lab/engine/docker-cli";
import { BrokenLab } from "../../../lib/lab/faults/broken-lab";
import { setDisks } from "../../../lib/lab/faults/disk-faults";
import { breakHosts, resumeHosts, startHosts, stopHosts, terminateHosts } from "../../../lib/lab/faults/host-faults";
import { INSTANCE_LABEL, NAME_LABEL } from "../../../lib/lab/hosts/hosts";
import { labPaths } from "../../../lib/lab/machine/paths";
import { account, instance } from "../accounts";

/** Two hosts: what EC2 and Docker say of them, and what they were asked to do. */
class Machine {
  public readonly asked: string[] = [];
  public readonly instances: Record<string, InstanceState> = { "i-1": "running", "i-2": "running" };
  public readonly containers: Record<string, string> = { "i-1": "running", "i-2": "running" };
  /** What happens when the account was looked at so many times. */
  public readonly later: (() => void)[] = [];

  /** Says something and does it at once, but for what the supervisor does. */
  public readonly docker: DockerCli = {
    socket: "",
    run: async (args) => {
      this.asked.push(args.join(" ").replace("cdktf-swarm-lab-", ""));
      if (args[0] === "exec") return "";
      this.containers[args[1]?.replace("cdktf-swarm-lab-", "") ?? ""] = args[0] === "kill" ? "exited" : "paused";
      return "";
    },
    try: async () => ({ code: 0, stdout: "", stderr: "" }),
    get: async <T>() =>
      Object.entries(this.containers).map(([id, State]) => ({
        Id: id,
        State,
        Status: State,
        Labels: { [INSTANCE_LABEL]: id, [NAME_LABEL]: `general-${id.slice(-1)}` },
      })) as T,
  };

  public async lab(): Promise<BrokenLab> {
    const server = createServer(async (request, response) => {
      if (request.method === "GET") {
        this.later.shift()?.();
        const instances = Object.entries(this.instances).map(([id, state]) => instance(id, { state }));
        return response.end(JSON.stringify(account({ instances })));
      }
      const form = new URLSearchParams(await text(request));
      this.asked.push(`${form.get("Action")} ${form.get("InstanceId.1") ?? form.get("InstanceId")}`);
      return response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const directory = mkdtempSync(join(tmpdir(), "broken-"));
    onTestFinished(() => {
      server.close();
      rmSync(directory, { recursive: true, force: true });
    });
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return new BrokenLab({ docker: this.docker, endpoint, control: { endpoint }, paths: labPaths(directory) });
  }
}

let machine: Machine;
beforeEach(() => {
  machine = new Machine();
});
const recorded = (lab: BrokenLab) =>
  lab.faults.read().faults.map((fault) => ({ kind: fault.kind, ...("host" in fault ? { host: fault.host } : {}) }));

test("a killed host is on record with the time that it comes back", async () => {
  const lab = await machine.lab();

  await breakHosts(lab, "kill", ["general-1"], 60);

  expect(machine.asked).toEqual(["kill i-1"]);
  expect(recorded(lab)).toEqual([{ kind: "kill", host: "general-1" }]);
  const { until } = lab.faults.read().faults[0] ?? {};
  expect(Date.parse(until ?? "")).toBeGreaterThan(Date.now() + 50_000);
});

test("a host that is dead cannot be killed or frozen, and is left out of all", async () => {
  // GIVEN
  machine.containers["i-1"] = "exited";
  const lab = await machine.lab();

  // WHEN
  const named = breakHosts(lab, "pause", ["general-2", "general-1"], undefined);
  await expect(named).rejects.toThrow("general-1 is exited");
  const all = await breakHosts(lab, "pause", "all", undefined);

  // THEN
  expect(all.map(({ name }) => name)).toEqual(["general-2"]);
  expect(machine.asked).toEqual(["pause i-2"]);
});

test("a dead host is started by having its fault end now, and waited for", async () => {
  // GIVEN
  machine.containers["i-1"] = "exited";
  machine.later.push(
    () => {},
    () => {},
    () => {
      machine.containers["i-1"] = "running";
    },
  );
  const lab = await machine.lab();

  // WHEN
  const started = await startHosts(lab, "all");

  // THEN
  expect(started.map(({ name }) => name)).toEqual(["general-1"]);
  expect(Date.parse(lab.faults.read().faults[0]?.until ?? "")).toBeLessThanOrEqual(Date.now());
  expect(machine.asked).toEqual([]);
  expect(machine.containers["i-1"]).toBe("running");
});

test("an instance that is stopping is started once it has stopped", async () => {
  // GIVEN
  machine.instances["i-1"] = "stopping";
  const states: string[] = [];
  machine.later.push(
    () => {},
    () => {},
    () => {
      states.push(...machine.asked);
      machine.instances["i-1"] = "stopped";
    },
  );
  const lab = await machine.lab();

  // WHEN
  await startHosts(lab, ["general-1"]);

  // THEN
  expect(states).toEqual([]);
  expect(machine.asked).toEqual(["StartInstances i-1"]);
});

test("a stop is waited for until instance and host are down", async () => {
  // GIVEN
  machine.later.push(
    () => {},
    () => {
      machine.instances["i-1"] = "stopped";
    },
    () => {
      machine.containers["i-1"] = "exited";
    },
  );
  const lab = await machine.lab();

  // WHEN
  await stopHosts(lab, ["general-1"]);

  // THEN
  expect(machine.asked).toEqual(["StopInstances i-1"]);
  expect(machine.containers["i-1"]).toBe("exited");
  expect(recorded(lab)).toEqual([{ kind: "stop", host: "general-1" }]);
});

test("a frozen host is thawed by having its fault end now", async () => {
  // GIVEN
  const lab = await machine.lab();
  await breakHosts(lab, "pause", ["general-1"], undefined);
  machine.later.push(
    () => {},
    () => {
      machine.containers["i-1"] = "running";
    },
  );

  // WHEN
  await resumeHosts(lab, "all");

  // THEN
  expect(recorded(lab)).toEqual([{ kind: "pause", host: "general-1" }]);
  expect(lab.faults.read().faults[0]?.until).toBeDefined();
});

test.each([
  ["TerminateInstances", "TerminateInstances i-2"],
  ["TerminateInstanceInAutoScalingGroup", "TerminateInstanceInAutoScalingGroup i-2"],
] as const)("%s is asked for the instance of a host, and nothing is kept on record", async (action, expected) => {
  const lab = await machine.lab();

  await terminateHosts(lab, action, ["general-2"]);

  expect(machine.asked).toEqual([expected]);
  expect(recorded(lab)).toEqual([]);
});

test("fails when what AWS refuses is not told in its words", async () => {
  // GIVEN
  const server = createServer((_, response) =>
    response
      .writeHead(400)
      .end("<R><Errors><Error><Code>X</Code><Message>Not in a group</Message></Error></Errors></R>"),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());

  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  // WHEN
  const asked = askEmulator(endpoint, { service: "ec2", region: "us-east-1", action: "StopInstances", parameters: {} });

  // THEN
  await expect(asked).rejects.toMatchObject({
    code: "EmulatorRefused",
    awsCode: "X",
    message: "StopInstances: Not in a group",
  });
});

test("a full disk is on record until it is freed, and only hosts with one are freed", async () => {
  // GIVEN
  const lab = await machine.lab();

  // WHEN
  await setDisks(lab, "small", "all");
  const prepared = recorded(lab);
  await setDisks(lab, "full", ["general-1"]);
  const full = recorded(lab);
  const freed = await setDisks(lab, "free", "all");

  // THEN
  expect(prepared).toEqual([]);
  expect(full).toEqual([{ kind: "disk", host: "general-1" }]);
  expect(freed.map(({ name }) => name)).toEqual(["general-1"]);
  expect(recorded(lab)).toEqual([]);
  expect(machine.asked.map((words) => words.split(" ").at(-1))).toEqual(["prepare", "prepare", "fill", "free"]);
});
