import { existsSync, realpathSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { App, dependable, type LocalExecProvisioner, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { dependablesFor } from "../dependables";
import { readinessTimeout } from "../limits/swarm";
import type { ManagerGroup, ManagerSlot } from "../nodes/manager-group";
import type { WorkerPool } from "../nodes/worker-pool";
import { packageRoot } from "../package-root";
import { TerraformData } from "../terraform-data";
import { literal } from "../terraform-literal";
import { optional, PropsCheck } from "../validation";

/** How a deploy waits for the swarm. */
export interface ReadinessOptions {
  /**
   * Whether a deploy ends only when the swarm is Ready.
   *
   * @default true
   */
  readonly wait?: boolean;
  /**
   * How long it waits before it fails and says what each node was doing, in seconds: 60 to 7200.
   *
   * @default 900
   */
  readonly timeoutSeconds?: number;
}

/** Properties of a {@link ReadinessGate}. */
export interface ReadinessGateProps {
  /** Name of the registry table. */
  readonly table: string;
  readonly region: string;
  /**
   * Managers to wait for.
   *
   * @default - only for a swarm that has a leader, as for pools whose managers are another stack's
   */
  readonly managers?: ManagerGroup;
  /** @default 900 */
  readonly timeoutSeconds?: number;
}

/**
 * Blocks the deploy until the swarm is Ready: a resource whose creation runs `cdktf-swarm wait`, and which is made anew when the size of
 * the swarm or a launch template changes. Nothing depends on it, so that a swarm which is not Ready in time fails the
 * deploy and nothing else; the next deploy waits again.
 *
 * The command asks AWS with the credentials the deploy's environment has; a profile or role that only the provider is
 * told of does not reach it.
 */
export class ReadinessGate extends Construct {
  /** Underlying resource, for properties this construct does not expose. */
  public readonly resource: TerraformData;
  private readonly pools: WorkerPool[] = [];
  private readonly timeoutSeconds: number;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: ReadinessGateProps,
  ) {
    super(scope, id);
    new PropsCheck(this).props(props.timeoutSeconds, optional(readinessTimeout), ["timeoutSeconds"]).throwIfFaulty();
    this.timeoutSeconds = props.timeoutSeconds ?? readinessTimeout.default;

    this.resource = new TerraformData(this, "Resource", {
      triggersReplace: this.triggers(),
      provisioners: this.provisioners(),
      dependsOn: [...dependablesFor(this, props.managers?.dependables ?? [])],
    });
  }

  /** Makes the gate wait for a pool as well. */
  public addPool(pool: WorkerPool): void {
    this.pools.push(pool);
    const more = dependablesFor(this, pool.dependables).map(dependable);
    this.resource.dependsOn = [...(this.resource.dependsOn ?? []), ...more];
    this.resource.triggersReplace = this.triggers();
    this.resource.provisioners = this.provisioners();
  }

  private get slots(): readonly ManagerSlot[] {
    return this.props.managers?.slots ?? [];
  }

  private triggers(): Record<string, string> {
    const { slots } = this;
    const sizes = this.pools.map(({ poolName, size }) => [`pool ${poolName}`, String(size.desired)]);
    const templates = [
      ...slots.map(({ slot, launchTemplate }) => [`template of slot ${slot}`, launchTemplate.latestVersion]),
      ...this.pools.map(({ poolName, launchTemplate }) => [
        `template of pool ${poolName}`,
        launchTemplate.latestVersion,
      ]),
    ];
    return Object.fromEntries([["managers", String(slots.length)], ...sizes, ...templates]);
  }

  private provisioners(): [LocalExecProvisioner] {
    const { table, region } = this.props;
    const command = [
      `node ${this.programPath()} wait`,
      `--table ${table} --region ${region} --managers ${this.slots.length}`,
      ...this.pools.map(({ poolName, size }) => `--pool ${poolName}=${size.desired}`),
      `--timeout ${this.timeoutSeconds}`,
    ];
    return [{ type: "local-exec", command: command.join(" ") }];
  }

  /** Path of the command line as Terraform sees it: from the stack's folder, so that it is the same in every checkout. */
  private programPath(): string {
    const program = join(packageRoot(), "dist", "lib", "cli", "main.js");
    const outdir = realPath(resolve(App.of(this).outdir));
    const path = relative(join(outdir, "stacks", TerraformStack.of(this).node.id), program);
    return quoted(path.split(sep).join("/"));
  }
}

/** Terraform's working directory has no links in it, and a way up from it must not lead elsewhere. */
function realPath(path: string): string {
  return existsSync(path) ? realpathSync(path) : path;
}

/** For the shell, and for Terraform. */
function quoted(path: string): string {
  return /^[\w./@+-]+$/.test(path) ? path : literal(`'${path.replaceAll("'", "'\\''")}'`);
}
