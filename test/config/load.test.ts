import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, test } from "vitest";
import { listEnvironments, loadEnvironment, parseEnvironment } from "../../lib/config";
import { ConfigError, OperationError } from "../../lib/errors";
import { MINIMAL } from "./support";

const ENVIRONMENTS = join(__dirname, "../../stacks/environments");

describe("defaults", () => {
  it("fill in everything that the shortest file leaves out", () => {
    expect(parseEnvironment(MINIMAL, "dev.yaml")).toEqual({
      environment: "dev",
      region: "us-east-1",
      cluster: "dev",
      tags: {},
      backend: { type: "local" },
      network: {
        cidr: "10.20.0.0/16",
        availabilityZones: ["us-east-1a", "us-east-1b"],
        nodeSubnets: "private",
        nat: "single",
      },
      managers: { count: 3, instanceType: "t3.small", rootVolumeSizeGiB: 20 },
      workers: [],
      swarm: {
        addressPool: "10.255.0.0/16",
        addressPoolMaskLength: 24,
        dataPathPort: 4789,
        dockerApi: "internal",
        heartbeatSeconds: 5,
        certExpiryHours: 2160,
        taskHistoryLimit: 5,
        autolock: false,
      },
      image: { id: "ami-0123456789abcdef0" },
      storage: {},
      access: [],
      readiness: { timeoutSeconds: 900 },
    });
  });

  it("give public nodes no NAT gateway", () => {
    const text = MINIMAL.replace("  cidr", "  nodeSubnets: public\n  cidr");
    expect(parseEnvironment(text, "dev.yaml").network.nat).toBe("none");
  });

  it("put the state's bucket into the region of the environment", () => {
    expect(parseEnvironment(`${MINIMAL}backend: { type: s3, bucket: states }`, "dev.yaml").backend).toEqual({
      type: "s3",
      bucket: "states",
      region: "us-east-1",
      prefix: "cdktf-swarm/",
    });
  });

  test.each([
    ["", { desired: 1, min: 0, max: 2 }],
    ["desired: 4", { desired: 4, min: 0, max: 8 }],
    ["min: 3", { desired: 3, min: 3, max: 6 }],
    ["max: 9", { desired: 1, min: 0, max: 9 }],
    ["max: 0", { desired: 0, min: 0, max: 0 }],
    ["desired: 0", { desired: 0, min: 0, max: 0 }],
    ["min: 2, desired: 3", { desired: 3, min: 2, max: 6 }],
  ])("complete a pool of which is said: %s", (sizes, expected) => {
    const pool = parseEnvironment(`${MINIMAL}workers: [{ name: a, ${sizes} }]`, "dev.yaml").workers[0];
    expect(pool).toEqual({ name: "a", instanceType: "t3.small", rootVolumeSizeGiB: 20, labels: {}, ...expected });
  });

  it("complete a file system that is only named", () => {
    expect(parseEnvironment(`${MINIMAL}storage: { efs: {} }`, "dev.yaml").storage).toEqual({
      efs: { mountPath: "/mnt/efs", throughputMode: "elastic" },
    });
  });
});

describe("the environments of the repository", () => {
  it("are development, production and test", () => {
    expect(listEnvironments(ENVIRONMENTS).map(({ name }) => name)).toEqual(["dev", "production", "test"]);
  });

  test.each(listEnvironments(ENVIRONMENTS))("$name is valid and tells editors its schema", ({ name, file }) => {
    expect(loadEnvironment(file).environment).toBe(name);
    expect(readFileSync(file, "utf8")).toMatch(/^# yaml-language-server: \$schema=environment\.schema\.json\n/);
  });

  it("have networks of their own, so that they can be peered", () => {
    const blocks = listEnvironments(ENVIRONMENTS).map(({ file }) => loadEnvironment(file).network.cidr);
    expect(new Set(blocks).size).toBe(blocks.length);
  });
});

describe("files", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "environments-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("that are missing are named together with those that are there", () => {
    // GIVEN
    for (const name of ["test.yaml", "dev.yml", "environment.schema.json"]) writeFileSync(join(folder, name), MINIMAL);
    const file = join(folder, "prod.yaml");
    // WHEN
    const load = () => loadEnvironment(file);
    // THEN
    expect(load).toThrow(OperationError);
    expect(load).toThrow(
      expect.objectContaining({
        code: "EnvironmentNotFound",
        message: `${file} does not exist; the environments in ${folder} are dev, test`,
      }),
    );
  });

  it("that are missing with their folder are named alone", () => {
    const missing = join(folder, "none");
    expect(() => loadEnvironment(join(missing, "dev.yaml"))).toThrow(`there are no environments in ${missing}`);
    expect(listEnvironments(missing)).toEqual([]);
  });

  it("are read with the faults' file as it was given", () => {
    const file = join(folder, "dev.yaml");
    writeFileSync(file, `${MINIMAL}managers: { count: 2 }\n`);
    const load = () => loadEnvironment(file);
    expect(load).toThrow(ConfigError);
    expect(load).toThrow(`${file}:7:20 managers.count: must be 1, 3, 5 or 7`);
  });

  it("may have Windows line ends", () => {
    const file = join(folder, "dev.yaml");
    writeFileSync(file, MINIMAL.replaceAll("\n", "\r\n"));
    expect(loadEnvironment(file)).toEqual(parseEnvironment(MINIMAL, "dev.yaml"));
  });
});
