import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { SystemdDocker } from "../../../lib/agent/local/docker-service";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "docker-service-"));
  vi.stubEnv("PATH", `${folder}:${process.env["PATH"]}`);
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

function systemctl(script: string): void {
  const file = join(folder, "systemctl");
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
}

test("a restart is one of the preparation, before which dockerd stops and after which it starts", async () => {
  const calls = join(folder, "calls");
  systemctl(`echo "$@" >> ${calls}`);

  await new SystemdDocker().restart();

  expect(readFileSync(calls, "utf8")).toBe("restart swarm-node-prepare.service\nstart docker.service\n");
});

test("a dockerd that does not start again fails the restart, with systemd's own words", async () => {
  systemctl("echo 'Job for docker.service failed.' >&2; exit 1");

  await expect(new SystemdDocker().restart()).rejects.toThrow("Job for docker.service failed.");
});
