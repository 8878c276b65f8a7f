import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { environmentFiles, loadEnvironments, loadProjectEnvironment } from "../../lib/config";
import { ConfigError, formatFault } from "../../lib/errors";
import { MINIMAL } from "./support";

let project: string;
const path = (file: string) => join(project, "stacks", "environments", file);
const write = (file: string, text: string | Buffer) => writeFileSync(path(file), text);
const named = (name: string) => MINIMAL.replace("environment: dev", `environment: ${name}`);

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), "cdktf-swarm-project-"));
  mkdirSync(path(""), { recursive: true });
});
afterEach(() => rmSync(project, { recursive: true }));

/** Every fault of the whole project, without the folder. */
function faultsOfProject(): string[] {
  const { faults } = loadEnvironments(environmentFiles(project, []));
  return faults.map((fault) => formatFault(fault).replace(`${path("")}/`, ""));
}

describe("what is called like a file and cannot be read as one is a fault of it:", () => {
  it.each<[string, string, () => void]>([
    ["a folder", "got a folder", () => mkdirSync(path("x.yaml"))],
    ["a link to itself", "got a link that leads back to itself", () => symlinkSync("x.yaml", path("x.yaml"))],
    ["a link to nothing", "got a link that leads nowhere", () => symlinkSync("y.yaml", path("x.yaml"))],
    ["a named pipe, which is not waited for", "got a named pipe", () => execFileSync("mkfifo", [path("x.yaml")])],
    ["a device", "got a device", () => symlinkSync("/dev/zero", path("x.yaml"))],
    [
      "a file whose content is refused",
      "got EIO: i/o error, read",
      () => symlinkSync("/proc/self/mem", path("x.yaml")),
    ],
  ])("%s", (_, message, make) => {
    // GIVEN a good file beside it, too
    make();
    write("dev.yaml", MINIMAL);
    // WHEN, THEN
    expect(faultsOfProject()).toEqual([`x.yaml:1:1: must be a file that can be read, ${message}`]);
  });

  it("a file of more than 1 MB", () => {
    write("x.yaml", `${named("x")}# ${"x".repeat(1_000_000)}\n`);
    expect(faultsOfProject()).toEqual([
      "x.yaml:1:1: must be at most 1 MB, got more; an environment takes a few kB, so this is another file",
    ]);
  });

  it("a file that is not UTF-8, where it is not", () => {
    write("x.yaml", Buffer.from(`${named("xy")}tags: { team: "b\u00e9b\u00e9" }\n`, "latin1"));
    expect(faultsOfProject()).toEqual([
      "x.yaml:7:17: must be UTF-8, got the byte 0xe9 that cannot stand here; save the file as UTF-8",
    ]);
  });

  it("but a file with a mark of its byte order is read", () => {
    write("x.yaml", `\ufeff${named("test")}`);
    expect(faultsOfProject()).toEqual([
      expect.stringMatching(/^x\.yaml:1:14 environment: must be the name of the file/),
    ]);
  });
});

describe("the environments of a project", () => {
  it("are not what editors keep beside them", () => {
    write("dev.yaml", MINIMAL);
    symlinkSync("user@host.1234:5678", path(".#dev.yaml"));
    write(".dev.yaml.swp.yaml", "");
    expect(environmentFiles(project, [])).toEqual([path("dev.yaml")]);
  });

  it("may not be two of one name", () => {
    write("dev.yaml", MINIMAL);
    write("dev.yml", MINIMAL);
    const fault = "dev.yml:1:1: must be the only file of its environment, got dev.yaml beside it; drop one of the two";
    expect(faultsOfProject()).toEqual([fault]);
    expect(() => loadProjectEnvironment(project, "dev")).toThrow(ConfigError);
  });

  it("may not be two of one cluster's name in one region", () => {
    write("dev.yaml", MINIMAL);
    write("test.yaml", `${named("test")}cluster: dev\n`);
    expect(faultsOfProject()).toEqual([
      'test.yaml:7:10 cluster: must be a name of its own in us-east-1, got "dev", which is the cluster of dev.yaml too; write another name',
    ]);
  });

  it("may be of one cluster's name in two regions", () => {
    write("dev.yaml", MINIMAL);
    write("test.yaml", `${named("test").replaceAll("us-east-1", "us-east-2")}cluster: dev\n`);
    expect(faultsOfProject()).toEqual([]);
  });

  it("are each once, however often they are named", () => {
    write("dev.yaml", MINIMAL);
    expect(environmentFiles(project, ["dev", "dev"])).toEqual([path("dev.yaml")]);
    expect(loadEnvironments([path("dev.yaml"), path("../environments/dev.yaml")]).environments).toHaveLength(1);
  });

  it("that are not there are answered with the one that was meant, or with all", () => {
    for (const name of ["dev", "production"]) write(`${name}.yaml`, named(name));
    expect(() => environmentFiles(project, ["producton"])).toThrow(
      `no environment "producton": ${path("producton.yaml")} does not exist; did you mean production?`,
    );
    expect(() => environmentFiles(project, ["x"])).toThrow("the environments are dev, production");
  });

  it("are missed where there is none", () => {
    expect(() => environmentFiles(project, [])).toThrow(/^there is no environment in /);
    expect(() => environmentFiles(join(project, "elsewhere"), ["dev"])).toThrow(/^there is no environment in /);
  });
});
