import { type ChildProcess, spawn } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { Project } from "../support/project";
import { commandLines, filesBelow, type Place, placesWithToken } from "../support/tokens";

const NODES = ["manager-0", "manager-1", "manager-2", "general-0", "general-1"];

/** No join token stands anywhere but in the registry's one record and in dockerd's own state. */
export function secrets(project: Project, tokenSeenOnCommandLine: () => readonly string[]): void {
  const places = (): readonly Place[] => [
    ...filesBelow(join(project.directory, ".lab")), // Terraform state and the lab's logs
    ...filesBelow(join(project.directory, "cdktf.out")), // synthesized JSON and what lies beside it
    ...commandLines(),
    ...NODES.flatMap((node) => [
      { name: `${node}: journal`, text: project.exec(node, "journalctl", "--no-pager", "--output=cat") },
      { name: `${node}: user data`, text: project.exec(node, "cat", "/var/lib/cloud/instance/user-data.txt") },
      { name: `${node}: settings`, text: project.exec(node, "cat", "/etc/swarm-node/node.json") },
      {
        name: `${node}: agent's files`,
        text: project.exec(node, "sh", "-c", "cat /var/lib/swarm-node/* 2>/dev/null; true"),
      },
    ]),
  ];

  test("fails when a join token stands in state, synthesized JSON, user data, a log or on a command line", () => {
    expect(placesWithToken(places())).toEqual([]);
    expect(tokenSeenOnCommandLine()).toEqual([]);
  });

  const token = `SWMTKN-1-${"0planted".repeat(6)}-${"1token".repeat(4)}`;
  const planted: (() => void)[] = [];
  let holder: ChildProcess | undefined;
  afterAll(() => {
    holder?.kill();
    for (const remove of planted) remove();
  });

  test("fails when a token planted in each of those places is not found", async () => {
    const plant = (file: string, text: string) => {
      writeFileSync(file, text);
      planted.push(() => rmSync(file, { force: true }));
      return file;
    };
    const state = plant(join(project.directory, ".lab/planted.tfstate"), JSON.stringify({ value: token }));
    const synthesized = plant(
      join(project.directory, "cdktf.out/planted.json"),
      JSON.stringify({ user_data: Buffer.from(`#cloud-config\n# ${token}\n`).toString("base64") }),
    );
    holder = spawn("sleep", ["60"], { argv0: `sleep ${token}`, stdio: "ignore" });
    project.exec("general-0", "logger", token);
    project.exec("general-1", "sh", "-c", `echo ${token} > /var/lib/swarm-node/planted`);

    const found = placesWithToken(places());

    project.exec("general-1", "rm", "/var/lib/swarm-node/planted");
    project.exec("general-0", "sh", "-c", "journalctl --rotate && journalctl --vacuum-time=1s");
    expect(found).toEqual(
      expect.arrayContaining([
        state,
        synthesized,
        `process ${holder.pid}`,
        "general-0: journal",
        "general-1: agent's files",
      ]),
    );
  });
}
