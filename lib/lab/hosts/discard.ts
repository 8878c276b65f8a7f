import { OperationError } from "../../errors";
import { labCommand } from "../../operator-commands";
import { dockerCli } from "../engine/docker-cli";
import type { LabState } from "../state/state-file";
import { listHosts } from "./host-containers";

/**
 * Throws when hosts run in a lab whose emulated AWS has ended: its account was in memory, so that nothing can be
 * deployed to them any more, but whatever runs on them goes on until somebody removes it.
 */
export async function refuseToDiscard({ engine }: LabState, environment: string): Promise<void> {
  if (engine === undefined) return;
  const hosts = await listHosts(dockerCli(engine.socket)).catch(() => []); // the engine has ended, and its hosts too
  const running = hosts.filter(({ state }) => state === "running" || state === "paused");
  if (running.length === 0) return;
  const names = running.map(({ name }) => name).sort();
  throw new OperationError(
    "SwarmStillRuns",
    `the lab's emulated AWS has ended and its account is lost, but ${names.join(", ")} still run; ` +
      `to remove them and begin anew: ${labCommand.upAnew(environment)}`,
  );
}
