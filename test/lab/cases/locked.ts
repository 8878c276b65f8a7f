import { join } from "node:path";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { expect, test, vi } from "vitest";
import type { Project } from "../support/project";
import { filesBelow } from "../support/tokens";

const MANAGERS = ["manager-0", "manager-1", "manager-2"];
/** Long enough for any machine; how quick it is, nobody promised. */
const PATIENCE = { timeout: 240_000, interval: 1_000 };

/** A swarm of three managers whose disks are locked: no restart needs a person. */
export function lockedSwarm(project: Project): void {
  let members: readonly string[];

  test("fails when managers are not locked, or their key is not in its secret", async () => {
    members = await allReachable(project);

    expect(project.exec("manager-0", "docker", "info")).toMatch(/Autolock Managers: true/);
    expect(await storedKey(project)).toBe(await swarmKey(project));
  });

  test("fails when managers whose dockerds all restart at once do not come back as who they were", async () => {
    await Promise.all(MANAGERS.map((node) => project.execute(node, "systemctl", "restart", "docker")));

    expect(await allReachable(project)).toEqual(members);
  });

  test("fails when a manager that was off while the key was rotated does not come back as who it was", async () => {
    const before = await swarmKey(project);
    expect(project.swarm("lab", "fault", "kill", "manager-2").status).toBe(0);
    await answered(project, "docker", "swarm", "unlock-key", "--rotate", "--quiet");
    const rotated = await swarmKey(project);
    await vi.waitFor(async () => expect(await storedKey(project)).toBe(rotated), PATIENCE);
    expect(project.swarm("lab", "fault", "start", "manager-2").status).toBe(0);

    expect(rotated).not.toBe(before);
    expect(await storedKey(project)).toBe(rotated);
    expect(await allReachable(project)).toEqual(members);
  });

  test("fails when an unlock key stands in Terraform's state, a log or an agent's files", () => {
    const places = [
      ...filesBelow(join(project.directory, ".lab")),
      ...MANAGERS.flatMap((node) => [
        { name: `${node}: journal`, text: project.exec(node, "journalctl", "--no-pager", "--output=cat") },
        { name: `${node}: agent's files`, text: project.exec(node, "sh", "-c", "cat /var/lib/swarm-node/*") },
      ]),
    ];

    expect(places.length).toBeGreaterThan(MANAGERS.length * 2);
    expect(places.filter(({ text }) => /SWMKEY-1-[^(]/.test(text)).map(({ name }) => name)).toEqual([]);
  });
}

/** Ids of the managers, once all of them are reachable, by each one's own word. */
function allReachable(project: Project): Promise<readonly string[]> {
  const format = "{{.ID}} {{.Status}} {{.ManagerStatus}}";
  return vi.waitFor(async () => {
    const lists = await Promise.all(
      MANAGERS.map((node) => project.on(node, "docker", "node", "ls", "--format", format)),
    );
    const ids = lists.map(({ stdout }) =>
      [...stdout.matchAll(/^(\S+) Ready (?:Leader|Reachable)$/gm)].map(([, id]) => id),
    );
    if (ids.every((each) => each.length === MANAGERS.length)) return (ids[0] as string[]).sort();
    throw new Error(lists.map(({ stdout, stderr }) => stdout + stderr).join("\n"));
  }, PATIENCE);
}

async function swarmKey(project: Project): Promise<string> {
  return (await answered(project, "docker", "swarm", "unlock-key", "--quiet")).trim();
}

/** What a command on manager-0 printed, once the swarm has a leader to answer it: the one killed may have led. */
function answered(project: Project, ...command: string[]): Promise<string> {
  return vi.waitFor(() => project.execute("manager-0", ...command), PATIENCE);
}

async function storedKey(project: Project): Promise<string | undefined> {
  const { AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = project.labEnvironment();
  const client = new SecretsManagerClient({
    endpoint: AWS_ENDPOINT_URL ?? "",
    region: AWS_REGION ?? "",
    credentials: { accessKeyId: AWS_ACCESS_KEY_ID ?? "", secretAccessKey: AWS_SECRET_ACCESS_KEY ?? "" },
  });
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: "dev-unlock-key" }));
  client.destroy();
  return SecretString;
}
