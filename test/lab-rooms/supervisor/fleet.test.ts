import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { DockerCli } from "../../../lib/lab/engine/docker-cli";
import { FaultFile, newFault } from "../../../lib/lab/faults/records";
import { INSTANCE_LABEL, NAME_LABEL } from "../../../lib/lab/hosts/hosts";
import { readEvents } from "../../../lib/lab/state/events";
import { StateFile, type SupervisorState } from "../../../lib/lab/state/state-file";
import { Fleet } from "../../../lib/lab/supervisor/fleet";
import { Journal } from "../../../lib/lab/supervisor/journal";
import { account, instance } from "../accounts";

let directory: string;
let events: string;
let journal: Journal;
let faults: FaultFile;
beforeEach(() => {
  vi.useFakeTimers();
  directory = mkdtempSync(join(tmpdir(), "fleet-"));
  events = join(directory, "events.jsonl");
  faults = new FaultFile(join(directory, "faults.json"));
  journal = new Journal(new StateFile<SupervisorState>(join(directory, "supervisor.json")), events);
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(directory, { recursive: true, force: true });
});

const network = {
  vpcId: "vpc-1",
  cidr: "10.20.0.0/16",
  bridge: "swlab0",
  gateway: "10.20.0.1",
  resolver: "10.20.0.2",
};

/** A Docker engine that makes what it is asked to, unless `fails`, and shows it at the next look. */
class FakeDocker implements DockerCli {
  public readonly socket = "";
  public readonly calls: string[][] = [];
  public fails: Error | undefined;
  /** What the hosts have printed. */
  public says = "";
  private readonly containers = new Map<string, Record<string, string>>();

  public async run(args: readonly string[]): Promise<string> {
    this.calls.push([...args]);
    if (this.fails !== undefined) throw this.fails;
    if (args[0] === "run") {
      const labels = args.filter((_, index) => args[index - 1] === "--label").map((label) => label.split("="));
      this.containers.set(args[args.indexOf("--name") + 1] ?? "", Object.fromEntries(labels));
    }
    return "";
  }

  public async try(args: readonly string[]) {
    this.calls.push([...args]);
    return { code: 0, stdout: args[0] === "logs" ? this.says : "", stderr: "" };
  }

  public async get<T>(path: string): Promise<T> {
    if (!path.startsWith("/containers/json")) return { State: { Pid: 0 } } as T;
    return [...this.containers].map(([Id, Labels]) => ({ Id, State: "running", Status: "Up", Labels })) as T;
  }

  public count(command: string): number {
    return this.calls.filter(([first]) => first === command).length;
  }

  public get names(): (string | undefined)[] {
    return [...this.containers.values()].map((labels) => labels[NAME_LABEL]);
  }

  public exited(instanceId: string, exitCode: number): void {
    this.shows(instanceId, "exited", `Exited (${exitCode}) now`);
  }

  public running(instanceId: string): void {
    this.shows(instanceId, "running", "Up");
  }

  private shows(instanceId: string, State: string, Status: string): void {
    this.get = async <T>(path: string) =>
      (path.startsWith("/containers/json")
        ? [{ Id: "c", State, Status, Labels: { [INSTANCE_LABEL]: instanceId, [NAME_LABEL]: "general-0" } }]
        : { State: { Pid: 0 } }) as T;
  }
}

function fleetOn(docker: FakeDocker, reportStopped = async () => {}) {
  return new Fleet({ docker, image: "image:1", journal, faults, networkOf: () => network, reportStopped });
}

const worker = (id: string) =>
  instance(id, { autoScalingGroup: "dev-worker-general", privateIp: `10.20.0.${id.at(-1)}` });

test("workers of a pool that are launched together get names of their own", async () => {
  const docker = new FakeDocker();

  await fleetOn(docker).apply(account({ instances: [worker("i-4"), worker("i-5"), worker("i-6")] }));
  await vi.runAllTimersAsync();

  expect(docker.names.sort()).toEqual(["general-0", "general-1", "general-2"]);
});

test("what is being done is not begun a second time", async () => {
  // GIVEN
  const docker = new FakeDocker();
  const fleet = fleetOn(docker);
  const state = account({ instances: [worker("i-4")] });

  // WHEN: two looks before the first `docker run` is back
  await Promise.all([fleet.apply(state), fleet.apply(state)]);
  await vi.runAllTimersAsync();

  // THEN
  expect(docker.count("run")).toBe(1);
});

test("a host that cannot be made is a fault that names it, is tried again, and is forgotten when it works", async () => {
  // GIVEN
  const docker = new FakeDocker();
  const fleet = fleetOn(docker);
  const state = account({ instances: [worker("i-4")] });
  vi.spyOn(console, "error").mockImplementation(() => {});
  docker.fails = new Error("no space left");

  // WHEN
  await fleet.apply(state);
  await vi.runAllTimersAsync();

  // THEN
  expect(journal.state.faults).toEqual(["i-4: run failed: no space left"]);
  docker.fails = undefined;
  await fleet.apply(state);
  await vi.runAllTimersAsync();
  expect(docker.names).toEqual(["general-0"]);
  expect(journal.state.faults).toEqual([]);
});

test("an instance that powers itself off is reported once, and starts when the account starts it", async () => {
  // GIVEN
  const docker = new FakeDocker();
  docker.exited("i-4", 130);
  const report = vi.fn(async () => {});
  const fleet = fleetOn(docker, report);

  // WHEN
  await fleet.apply(account({ instances: [worker("i-4")] }));
  await vi.runAllTimersAsync();
  await fleet.apply(account({ instances: [{ ...worker("i-4"), state: "stopped" }] }));
  const startsWhileStopped = docker.count("start");
  await fleet.apply(account({ instances: [{ ...worker("i-4"), state: "pending" }] }));
  await vi.runAllTimersAsync();

  // THEN
  expect(report).toHaveBeenCalledExactlyOnceWith("i-4", "us-east-1a");
  expect(startsWhileStopped).toBe(0);
  expect(docker.count("start")).toBe(1);
});

const killed = (until?: string) => newFault({ kind: "kill", instanceId: "i-4", host: "general-0", until });

test("a killed host is started when its time is over, and the fault is forgotten once it runs", async () => {
  // GIVEN
  const docker = new FakeDocker();
  docker.exited("i-4", 137);
  const fleet = fleetOn(docker);
  const state = account({ instances: [worker("i-4")] });
  const apply = async () => {
    await fleet.apply(state, faults.read().faults);
    await vi.runAllTimersAsync();
  };
  await faults.update(() => [killed(new Date(Date.now() + 5_000).toISOString())]);

  // WHEN
  await apply();
  const startsBefore = docker.count("start");
  await vi.advanceTimersByTimeAsync(5_000);
  await apply();
  docker.running("i-4");
  await apply();

  // THEN
  expect(startsBefore).toBe(0);
  expect(docker.count("start")).toBe(1);
  expect(faults.read().faults).toEqual([]);
});

test("a host that was dead when the API stopped its instance starts with it", async () => {
  // GIVEN
  const docker = new FakeDocker();
  docker.exited("i-4", 137);
  const fleet = fleetOn(docker);

  // WHEN
  await fleet.apply(account({ instances: [{ ...worker("i-4"), state: "stopped" }] }));
  await fleet.apply(account({ instances: [{ ...worker("i-4"), state: "pending" }] }));
  await vi.runAllTimersAsync();

  // THEN
  expect(docker.count("start")).toBe(1);
});

test("a fault that began after the account was read is not taken for over", async () => {
  // GIVEN: the host still runs in what is seen
  const docker = new FakeDocker();
  docker.running("i-4");
  const recorded = faults.read().faults;
  await faults.update(() => [killed()]);

  // WHEN
  await fleetOn(docker).apply(account({ instances: [worker("i-4")] }), recorded);

  // THEN
  expect(faults.read().faults).toHaveLength(1);
});

test("launch and start are events, once, with the operators' name, for those who measure", async () => {
  const fleet = fleetOn(new FakeDocker());

  for (let look = 0; look < 2; look += 1) {
    await fleet.apply(account({ instances: [worker("i-4")] }));
    await vi.runAllTimersAsync();
  }

  expect(readEvents(events).map(({ event, host }) => [event, host])).toEqual([
    ["instance-launched", undefined],
    ["container-started", "general-0"],
  ]);
});

describe("a host whose container ended while it booted", () => {
  const state = account({ instances: [worker("i-4")] });
  const look = async (fleet: Fleet) => {
    await fleet.apply(state, faults.read().faults);
    await vi.runAllTimersAsync();
  };
  async function bootedIn(docker: FakeDocker): Promise<Fleet> {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const fleet = fleetOn(docker);
    await look(fleet);
    return fleet;
  }

  test("is told, with its last words, until it runs", async () => {
    // GIVEN
    const docker = new FakeDocker();
    const fleet = await bootedIn(docker);
    docker.says = "mount: permission denied\n";

    // WHEN
    docker.exited("i-4", 255);
    await look(fleet);
    await look(fleet);
    const told = journal.state.faults;
    docker.running("i-4");
    await look(fleet);

    // THEN
    expect(told).toEqual([
      expect.stringMatching(/general-0 ended with 255 while it booted.*mount: permission denied/s),
    ]);
    expect(journal.state.faults).toEqual([]);
  });

  test.each([
    ["was killed on purpose", 137, () => faults.update(() => [killed()])],
    ["reboots", 129, async () => {}],
    ["powered itself off", 130, async () => {}],
  ])("is not told when it %s", async (_what, exitCode, happens) => {
    // GIVEN
    const docker = new FakeDocker();
    const fleet = await bootedIn(docker);

    // WHEN
    docker.exited("i-4", exitCode);
    const looked = fleet.apply(state, faults.read().faults);
    await happens(); // the record comes after the deed
    await looked;
    await vi.runAllTimersAsync();

    // THEN
    expect(journal.state.faults).toEqual([]);
  });
});
