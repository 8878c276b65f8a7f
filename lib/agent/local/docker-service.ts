import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { DockerService } from "../ports";

/** The preparation goes first, so that each start of dockerd is guarded as the first one is. */
const UNITS = ["swarm-node-prepare.service", "docker.service"];
/** Milliseconds for all of it: a dockerd that hangs is killed after 90 s, and the preparation gives up after 300 s. */
const PATIENCE = 600_000;

/** {@link DockerService} of systemd. What it began goes on when the agent ends. */
export class SystemdDocker implements DockerService {
  public async restart(): Promise<void> {
    await promisify(execFile)("systemctl", ["restart", ...UNITS], { timeout: PATIENCE });
  }
}
