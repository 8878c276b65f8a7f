import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { labPaths } from "../../lib/lab/machine/paths";
import { identify, type ProcessIdentity } from "../../lib/lab/machine/processes";
import { claimMachine, isAbandoned, projectToCleanUp, refuseForeignLab } from "../../lib/lab/owner";
import { type LabState, StateFile } from "../../lib/lab/state/state-file";

const run = vi.hoisted(() => ({ directory: `/tmp/cdktf-swarm-owner-${process.pid}` }));
vi.mock("../../lib/lab/machine/paths", async (original) => ({
  ...(await original<typeof import("../../lib/lab/machine/paths")>()),
  RUN_DIRECTORY: run.directory,
  OWNER_FILE: `${run.directory}/owner.json`,
  STATE_COPY: `${run.directory}/state.json`,
}));

const ENDED: ProcessIdentity = { pid: 4_000_000, startTime: "1", bootId: "another" };
const self = identify(process.pid) as ProcessIdentity;
let theirs: string;
let ours: string;

/** Another project's lab, as its `up` wrote it down. */
function labOf(directory: string, state: Partial<LabState>): void {
  claimMachine(directory);
  mkdirSync(labPaths(directory).root, { recursive: true });
  new StateFile<LabState>(labPaths(directory).state, `${run.directory}/state.json`).write({
    schema: 1,
    environment: "dev",
    region: "us-east-1",
    marker: "a-marker-that-no-process-has",
    emulator: {},
    ...state,
  });
}

beforeEach(() => {
  [theirs, ours] = [0, 1].map(() => mkdtempSync(join(tmpdir(), "cdktf-swarm-owner-"))) as [string, string];
});
afterEach(() => {
  for (const directory of [theirs, ours, run.directory]) rmSync(directory, { recursive: true, force: true });
});

describe("another project's lab on this machine", () => {
  const engine = { socket: "/run/docker.sock", own: true, process: ENDED };

  it.each([
    ["its supervisor runs", { up: ENDED, supervisor: self, engine }],
    ["its engine runs", { up: ENDED, supervisor: ENDED, engine: { ...engine, process: self } }],
    ["its up is at work", { up: self }],
    [
      "its hosts may run in the user's engine",
      { up: ENDED, supervisor: ENDED, engine: { socket: "/a.sock", own: false } },
    ],
  ])("is in the way while %s", (_, state) => {
    labOf(theirs, state);

    expect(() => refuseForeignLab(ours)).toThrow(`the lab of ${theirs} is up on this machine`);
  });

  it("is in the way before it has written down what it is", () => {
    labOf(theirs, {});
    rmSync(`${run.directory}/state.json`);

    expect(() => refuseForeignLab(ours)).toThrow("is up on this machine");
  });

  it("is in nobody's way once all of it has ended, and is removed by its own records", () => {
    labOf(theirs, { up: ENDED, supervisor: ENDED, engine });

    expect(() => refuseForeignLab(ours)).not.toThrow();
    expect(isAbandoned()).toBe(true);
    expect(projectToCleanUp(ours)).toBe(theirs);
  });

  it("is in nobody's way once its project is gone, and is removed by the copies", () => {
    labOf(theirs, { up: ENDED, supervisor: self, engine });
    rmSync(theirs, { recursive: true });

    expect(() => refuseForeignLab(ours)).not.toThrow();
    expect(isAbandoned()).toBe(true);
    expect(projectToCleanUp(ours)).toBe(ours);
  });
});

it("a project's own lab is never in its way", () => {
  labOf(ours, { up: ENDED, supervisor: self });

  expect(() => refuseForeignLab(ours)).not.toThrow();
});

it("a machine without a lab is free", () => {
  expect(() => refuseForeignLab(ours)).not.toThrow();
  expect(isAbandoned()).toBe(false);
  expect(projectToCleanUp(ours)).toBe(ours);
});
