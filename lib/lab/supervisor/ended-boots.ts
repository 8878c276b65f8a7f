import { labCommand } from "../../operator-commands";
import type { DockerCli } from "../engine/docker-cli";
import { ENDED_HOST } from "../hosts/ended-hosts";
import { containerName, endedByItself, type HostContainer } from "../hosts/hosts";
import type { Journal } from "./journal";

/** So many last lines of a host's output are told. */
const TOLD_LINES = 8;
/** A `lab fault kill` is on record a moment after it was done. */
const RECORD_MILLISECONDS = 1_000;

/** Tells of hosts whose container ended while they booted: nobody else will ever hear of them. */
export class EndedBoots {
  private readonly told = new Set<string>();

  /** @param isExpected - Whether somebody broke the host on purpose. */
  public constructor(
    private readonly docker: DockerCli,
    private readonly journal: Journal,
    private readonly isExpected: (instanceId: string) => boolean,
  ) {}

  /**
   * @param booting - Instances whose hosts have not booted yet.
   * @param containers - All hosts.
   */
  public look(booting: readonly string[], containers: readonly HostContainer[]): void {
    const ended = containers.filter((each) => booting.includes(each.instanceId) && endedByItself(each));
    const ids = new Set(ended.map(({ instanceId }) => instanceId));
    for (const id of this.told)
      if (!ids.has(id)) {
        this.told.delete(id);
        this.journal.clearFaults(prefixOf(id));
      }
    for (const host of ended)
      if (!this.told.has(host.instanceId)) {
        this.told.add(host.instanceId);
        setTimeout(() => void this.tell(host), RECORD_MILLISECONDS);
      }
  }

  private async tell({ instanceId, name, exitCode }: HostContainer): Promise<void> {
    if (this.isExpected(instanceId) || !this.told.has(instanceId)) return;
    const { stdout, stderr } = await this.docker.try(["logs", "--tail", String(TOLD_LINES), containerName(instanceId)]);
    const lines = `${stdout}${stderr}`.split("\n").filter((line) => line.trim() !== "");
    const said =
      lines.length === 0
        ? " and it said nothing"
        : `; it said at the end:\n    ${lines.slice(-TOLD_LINES).join("\n    ")}`;
    this.journal.fault(
      `${prefixOf(instanceId)}${name} ended with ${exitCode} while it booted${said}\n` +
        `    to boot it again: ${labCommand.fault("start", name)}`,
    );
  }
}

function prefixOf(instanceId: string): string {
  return `${ENDED_HOST}${instanceId}: `;
}
