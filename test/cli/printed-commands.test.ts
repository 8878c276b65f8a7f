import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { buildProgram } from "../../lib/cli/program";
import { type ClusterTarget, labCommand, operatorCommand } from "../../lib/operator-commands";
import { registry, runCli } from "./support";

const DECLARED: ClusterTarget = { cluster: "apps", region: "eu-west-1" };
const FROM_A_FILE: ClusterTarget = { ...DECLARED, environment: "production" };

/** The action that the real parser chooses for a printed command; throws where the parser objects to it. */
function chosenBy(printed: string): boolean {
  const [npx, program, ...args] = printed.split(/\s+/);
  expect([npx, program]).toEqual(["npx", "cdktf-swarm"]);
  let chosen = false;
  buildProgram(
    () => {},
    () => {},
    () => {
      chosen = true;
    },
  ).parse(args, { from: "user" });
  return chosen;
}

/** All commands that the messages can print, made by the very functions that make them. */
function commandsFor(target: ClusterTarget): readonly string[] {
  return [
    operatorCommand.status(target),
    operatorCommand.retire(target, 2),
    operatorCommand.keep(target, 2),
    `${operatorCommand.keep(target, 2)} --no-wait`,
    operatorCommand.replace(target, 0),
    operatorCommand.recover(target),
    operatorCommand.recover(target, 1),
    operatorCommand.recoverNow(target, 1),
  ];
}

const LAB_COMMANDS = [
  operatorCommand.deploy("production"),
  labCommand.up,
  labCommand.upAnew("test"),
  labCommand.status,
  labCommand.env,
  labCommand.down,
  labCommand.exec("manager-0", "docker node ls"),
  labCommand.fault("start", "manager-0"),
  labCommand.fault("stop", "manager-0", "manager-1"),
  labCommand.fault("replace", "i-0123"),
];

describe("every command that a message prints", () => {
  test.each([
    ["an environment", FROM_A_FILE],
    ["a stack", DECLARED],
  ])("is one that the command line takes, for a cluster of %s", (_, target) => {
    for (const printed of commandsFor(target)) expect([printed, chosenBy(printed)]).toEqual([printed, true]);
  });

  test.each(LAB_COMMANDS)("is one that the command line takes: %s", (printed) => {
    expect(chosenBy(printed)).toBe(true);
  });

  test.each([
    ["/srv/my lab", "cd '/srv/my lab' && npx cdktf-swarm lab down"],
    ["/srv/lab", "cd /srv/lab && npx cdktf-swarm lab down"],
  ])("is read by a shell as it was meant, for a lab in %s", (directory, printed) => {
    expect(labCommand.downIn(directory)).toBe(printed);
  });

  test("is made in one place: no other file writes the words of a verb down", () => {
    const written = sources("lib").filter((file) =>
      /cdktf-swarm (lab|validate|plan|deploy|status|wait|recover|managers)\b/.test(
        readFileSync(file, "utf8").replaceAll(/^\s*(\*|\/\/|\/\*\*).*$/gm, ""),
      ),
    );
    expect(written).toEqual([]);
  });

  test("works where there is no environment file at all", async () => {
    // GIVEN a directory without stacks
    const outcome = await runCli(operatorCommand.status(DECLARED).split(" ").slice(2), { registry: registry() });
    // THEN
    expect(outcome).toMatchObject({ code: 0, opened: [{ table: "apps-registry", region: "eu-west-1" }] });
    expect(outcome.stdout).toContain("cluster apps in eu-west-1: ready");
  });
});

function sources(folder: string): readonly string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? sources(path) : path.endsWith(".ts") ? [path] : [];
  });
}

describe("a cluster is named", () => {
  const status = (...args: string[]) => runCli(["status", ...args], { registry: registry() });

  test.each([
    [[], "which cluster? Write its environment's name, or --cluster NAME --region REGION"],
    [["dev", "--cluster", "apps"], "dev and --cluster apps: write one of them"],
    [["--cluster", "apps"], "--cluster apps needs --region REGION"],
    [["dev", "--region", "eu-west-1"], "--region eu-west-1: it goes with --cluster"],
  ])("once, and wholly: %j", async (args, words) => {
    const { code, stderr } = await status(...args);
    expect(code).toBe(2);
    expect(stderr).toContain(words);
  });

  test("with the region of the shell where it says none", async () => {
    const world = { registry: registry(), env: { AWS_REGION: "eu-north-1" } };
    const { opened } = await runCli(["status", "--cluster", "apps"], world);
    expect(opened).toEqual([{ table: "apps-registry", region: "eu-north-1" }]);
  });
});
