import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { DockerService } from "../ports";

/** Milliseconds for a command: a dockerd that hangs is killed after 90 s, and the preparation gives up after 300 s. */
const PATIENCE = 600_000;

/** {@link DockerService} of systemd. What it began goes on when the agent ends. */
export class SystemdDocker implements DockerService {
  public async restart(): Promise<void> {
    // dockerd is part of its preparation: it stops before, and starts after it. One that was down only starts here.
    await systemctl("restart", "swarm-node-prepare.service");
    await systemctl("start", "docker.service");
  }
}

async function systemctl(...words: string[]): Promise<void> {
  await promisify(execFile)("systemctl", words, { timeout: PATIENCE });
}
