import { describe, expect, onTestFinished, test, vi } from "vitest";
import { OperationError } from "../../lib/errors";
import type { labUp as labUpPort } from "../../lib/lab";
import { shellWord } from "../../lib/operator-commands";
import { cluster } from "../operations/fixtures";
import { DEV_YAML, directoryWith, project, registry, runCli } from "./support";

describe("lab", () => {
  const labEnvironment = async () => ({ AWS_ENDPOINT_URL: "http://lab" });
  const host = {
    name: "general-1",
    instanceId: "i-general1",
    state: "running",
    address: "10.20.9.1",
    availabilityZone: "us-east-1a",
    container: "c",
    containerState: "running",
  };
  const labUp = async () => ({
    environment: "dev",
    hosts: [host],
    changed: true,
    phases: [{ phase: "deploy" as const, seconds: 31.24 }],
    deployLog: "",
  });

  test("up shows the nodes under the lab's names once they are Ready", async () => {
    const { code, stdout, stderr } = await runCli(["lab", "up"], {
      cwd: project(),
      registry: registry(),
      lab: { labUp, labEnvironment },
    });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^manager-2 .* manager, reachable/m);
    expect(stdout).toMatch(/^general-1 /m);
    expect(stderr).toContain("deploy 31.2 s\n");
  });

  test("up ends with 1 when the swarm does not become Ready in the environment's time", async () => {
    // GIVEN
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const cwd = directoryWith({ "stacks/environments/dev.yaml": `${DEV_YAML}readiness: { timeoutSeconds: 120 }\n` });
    const world = { cwd, registry: registry(cluster([], { phase: "forming" })), lab: { labUp, labEnvironment } };
    // WHEN
    const outcome = runCli(["lab", "up", "dev"], world);
    await vi.waitUntil(() => vi.getTimerCount() > 0);
    await vi.advanceTimersByTimeAsync(125_000);
    // THEN
    const { code, stderr } = await outcome;
    expect(code).toBe(1);
    expect(stderr).toContain("swarm dev is not Ready after 120 s");
  });

  test.each([
    ["nobody is there to ask", undefined, 1, [undefined]],
    ["the user says no", false, 1, [undefined]],
    ["the user says yes", true, 0, [undefined, true]],
  ])(
    "up removes hosts that still run without their account only if told to: %s",
    async (_who, says, code, expected) => {
      // GIVEN
      const asked: unknown[] = [];
      const questions: string[] = [];
      const careful: typeof labUpPort = async (options) => {
        asked.push(options.discard);
        if (options.discard !== true) throw new OperationError("SwarmStillRuns", "manager-0 still run; to remove …");
        return labUp();
      };
      const confirms = says === undefined ? undefined : (question: string) => questions.push(question) > 0 && says;
      // WHEN
      const outcome = await runCli(["lab", "up"], {
        ...{ cwd: project(), registry: registry(), confirms },
        lab: { labUp: careful, labEnvironment },
      });
      // THEN
      expect(outcome.code, outcome.stderr).toBe(code);
      expect(asked).toEqual(expected);
      expect(questions).toEqual(says === undefined ? [] : ["manager-0 still run. Remove them and begin anew?"]);
    },
  );

  test.each([
    [["--timings", "region", "--seed", "7"], { timings: "region", seed: 7 }],
    [["--discard"], { discard: true }],
    [[], {}],
  ])("up %j asks the lab for %j", async (words, expected) => {
    const asked: unknown[] = [];
    const listening: typeof labUpPort = async ({ timings, seed, discard }) => {
      asked.push({ timings, seed, discard });
      return labUp();
    };
    await runCli(["lab", "up", ...words], {
      cwd: project(),
      registry: registry(),
      lab: { labUp: listening, labEnvironment },
    });
    expect(asked).toEqual([expected]);
  });

  test("up refuses timings that there are not", async () => {
    const { code, stderr } = await runCli(["lab", "up", "--timings", "slow"], { cwd: project() });
    expect(code).toBe(2);
    expect(stderr).toContain("Allowed choices are quick, region");
  });

  test("up starts nothing for an environment with faults", async () => {
    const cwd = directoryWith({ "stacks/environments/dev.yaml": DEV_YAML.replace("count: 3", "count: 2") });
    const { code, stderr } = await runCli(["lab", "up"], { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain("managers.count");
  });

  test("up says how to clean up when interrupted", async () => {
    const world = { cwd: project(), signal: AbortSignal.abort(), lab: { labUp: () => new Promise<never>(() => {}) } };
    const { code, stderr } = await runCli(["lab", "up"], world);
    expect(code).toBe(130);
    expect(stderr).toContain("`npx cdktf-swarm lab down` removes what was started");
  });

  test("a failure of the lab is told in its own words, with 1", async () => {
    const failing = {
      labUp: () => Promise.reject(new OperationError("AddressesOverlap", "10.20.0.0/16 overlaps the route of eth0")),
    };
    expect(await runCli(["lab", "up"], { cwd: project(), lab: failing })).toMatchObject({
      code: 1,
      stderr: "error: 10.20.0.0/16 overlaps the route of eth0\n",
    });
  });

  test.each([
    [
      ["--", "docker", "node", "ls", "--debug", "-q"],
      ["docker", "node", "ls", "--debug", "-q"],
    ],
    [
      ["docker", "--version"],
      ["docker", "--version"],
    ],
    [
      ["--", "sh", "-c", "exit 3", "--", "x"],
      ["sh", "-c", "exit 3", "--", "x"],
    ],
  ])("exec hands %j to the host as it is, and passes the exit code on", async (words, command) => {
    // GIVEN
    const asked: unknown[] = [];
    const labExec = async (options: unknown): Promise<number> => {
      asked.push(options);
      return 37;
    };
    // WHEN
    const { code, stderr } = await runCli(["lab", "exec", "manager-0", ...words], { cwd: "/p", lab: { labExec } });
    // THEN
    expect({ code, stderr }).toEqual({ code: 37, stderr: "" });
    expect(asked).toEqual([{ projectDirectory: "/p", node: "manager-0", command }]);
  });

  test("env prints lines a shell can evaluate", async () => {
    const variables = async () => ({ A: "plain", B: "it's $HOME `x`" });
    const { stdout } = await runCli(["lab", "env"], { lab: { labEnvironment: variables } });
    expect(stdout).toBe("export A=plain\nexport B='it'\\''s $HOME `x`'\n");
    expect(shellWord("")).toBe("''");
  });

  test.each([
    ["up", 0],
    ["down", 1],
    ["broken", 1],
  ] as const)("status of a lab that is %s ends with %i", async (state, code) => {
    const labStatus = async () => ({ state, faults: [], hosts: [], injectedFaults: [], logDirectory: ".lab/logs" });
    const outcome = await runCli(["lab", "status", "--json"], { lab: { labStatus } });
    expect(outcome.code).toBe(code);
    expect(JSON.parse(outcome.stdout)).toMatchObject({ state });
  });

  test.each([
    [{ profile: "region", seed: 7 } as const, "timings: region, seed 7\n"],
    [{ profile: "quick", seed: 7 } as const, "timings: quick\n"],
  ])("status says of %j which are on", async (timings, expected) => {
    const labStatus = async () => ({
      ...{ state: "up" as const, timings, faults: [], hosts: [], injectedFaults: [], logDirectory: ".lab/logs" },
    });
    expect((await runCli(["lab", "status"], { lab: { labStatus } })).stdout).toContain(expected);
  });

  test("down shows its steps and confirms", async () => {
    const { code, stdout, stderr } = await runCli(["lab", "down"], {
      lab: { labDown: async ({ onProgress }) => onProgress?.({ phase: "down", message: "removing 5 hosts" }) },
    });
    expect({ code, stdout }).toEqual({ code: 0, stdout: "the lab is down\n" });
    expect(stderr).toBe("   0 s  down: removing 5 hosts\n");
  });
});
