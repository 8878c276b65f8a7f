import type { Server } from "node:http";
import { type AccountState, livingInstances } from "../emulator/account-state";
import type { DockerCli } from "../engine/docker-cli";
import type { Front } from "../front/front";
import type { RunCommand } from "../machine/command";
import type { MetadataContext } from "../metadata/metadata";
import { MetadataService } from "../metadata/metadata-service";
import { API_PORT, type Firewall, renderFirewall } from "../network/firewall";
import type { Cut } from "../network/firewall-cuts";
import type { Delay } from "../network/firewall-delays";
import { applyFirewall, ensureHooks, presentChains } from "../network/firewall-rules";
import { createNetwork, machineRoutes, removeNetwork } from "../network/network";
import {
  describeOverlap,
  METADATA_ADDRESS,
  overlappingRoutes,
  planNetworks,
  type VpcNetwork,
} from "../network/network-plan";
import { Resolver, resolveHostName } from "../network/resolver";
import type { Journal } from "./journal";

/** The account that the emulator stands for. */
const ACCOUNT_ID = "123456789012";

const METADATA_PORT = 80;
const HOOK_CHECK_MILLISECONDS = 10_000;

/** What is done on purpose to the traffic of hosts. */
export interface Disruptions {
  readonly cuts: readonly Cut[];
  readonly delays: readonly Delay[];
}

/** What the VPCs are made with. */
export interface VpcsOptions {
  readonly docker: DockerCli;
  readonly run: RunCommand;
  readonly front: Front;
  readonly journal: Journal;
}

/** The VPCs of the account on this machine: bridges, firewall, and the services every host finds on its link. */
export class Vpcs {
  private networks: readonly VpcNetwork[] = [];
  private readonly resolvers = new Map<string, Resolver>();
  private metadata: Server | undefined;
  private firewall: Firewall | undefined;
  private hooksChecked = 0;
  private account: AccountState | undefined;
  private disruptions: Disruptions = { cuts: [], delays: [] };
  private leaving = 0;

  public constructor(private readonly options: VpcsOptions) {}

  /** The network of a VPC, once it is ready for hosts. */
  public networkOf(vpcId: string | null): VpcNetwork | undefined {
    return this.networks.find((network) => network.vpcId === vpcId);
  }

  /** Whether a network waits for its last hosts to go, so that {@link apply} has work though nothing changed. */
  public get isUnsettled(): boolean {
    return this.leaving > 0;
  }

  /** Makes networks and rules match the account; before this returns no host of a new instance may start. */
  public async apply(account: AccountState, disruptions: Disruptions): Promise<void> {
    this.account = account;
    this.disruptions = disruptions;
    const wanted = planNetworks(account.vpcs, this.networks);
    for (const network of wanted) if (this.networkOf(network.vpcId) === undefined) await this.open(network);
    const unwanted = this.networks.filter((network) => !wanted.includes(network));
    for (const network of unwanted) await this.close(network);
    this.leaving = this.networks.filter((network) => !wanted.includes(network)).length;
    await this.render(this.networks, account);
  }

  /** Puts back what other programs removed of our rules. */
  public async keep(): Promise<void> {
    if (this.networks.length === 0 || Date.now() - this.hooksChecked < HOOK_CHECK_MILLISECONDS) return;
    this.hooksChecked = Date.now();
    await ensureHooks(this.options.run);
  }

  /** Stops the services; bridges and rules stay, as hosts may still run. */
  public stop(): void {
    for (const resolver of this.resolvers.values()) resolver.close();
    this.metadata?.close();
    this.metadata?.closeAllConnections();
  }

  private async open(network: VpcNetwork): Promise<void> {
    const { docker, run, journal } = this.options;
    const overlapping = overlappingRoutes(network.cidr, await machineRoutes(run));
    if (overlapping.length > 0) return journal.fault(describeOverlap(network.cidr, overlapping));
    journal.update({ routes: [...new Set([...journal.state.routes, network.cidr])] });
    // The rules come first: a bridge without them would be open to this machine, if only for a moment.
    await this.render([...this.networks, network], this.account);
    await createNetwork(docker, run, network);
    await ensureHooks(run); // Docker has its own chains only now
    await this.serve(network);
    this.networks = [...this.networks, network];
    journal.event({ event: "network-ready", detail: `${network.vpcId} ${network.cidr} ${network.bridge}` });
  }

  private async serve(network: VpcNetwork): Promise<void> {
    const resolver = new Resolver((name) => resolveHostName(name, this.addresses()));
    await resolver.listen(network.resolver);
    this.resolvers.set(network.vpcId, resolver);
    if (this.metadata !== undefined) return; // the address is the same in every VPC
    const server = new MetadataService((address) => this.contextOf(address)).server();
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject).listen(METADATA_PORT, METADATA_ADDRESS, resolve);
    });
    this.metadata = server;
    await this.options.front.listen(METADATA_ADDRESS, API_PORT);
  }

  private async close(network: VpcNetwork): Promise<void> {
    const { docker, run, journal } = this.options;
    if (!(await removeNetwork(docker, run, network))) return;
    this.resolvers.get(network.vpcId)?.close();
    this.resolvers.delete(network.vpcId);
    this.networks = this.networks.filter((other) => other !== network);
    journal.update({ routes: journal.state.routes.filter((cidr) => cidr !== network.cidr) });
  }

  private async render(networks: readonly VpcNetwork[], account: AccountState | undefined): Promise<void> {
    const { run } = this.options;
    const instances = account === undefined ? [] : livingInstances(account);
    const input = { networks, instances, rules: account?.rules ?? [], ...this.disruptions };
    const obsolete = this.firewall?.chains ?? (await presentChains(run));
    const next = renderFirewall(input, obsolete);
    if (next.text === this.firewall?.text) return;
    await applyFirewall(run, next);
    // Without the lines that removed old chains, which are no part of what is there now.
    this.firewall = { text: renderFirewall(input).text, chains: next.chains };
  }

  private addresses(): ReadonlySet<string> {
    const living = this.account === undefined ? [] : livingInstances(this.account);
    return new Set(living.flatMap(({ privateIp }) => privateIp ?? []));
  }

  private contextOf(address: string): MetadataContext | undefined {
    const account = this.account;
    const instance = account?.instances.find(({ privateIp, state }) => privateIp === address && state !== "terminated");
    if (account === undefined || instance === undefined) return undefined;
    return {
      instance,
      vpcCidr: account.vpcs.find(({ id }) => id === instance.vpcId)?.cidr ?? "",
      subnetCidr: account.subnets.find(({ id }) => id === instance.subnetId)?.cidr ?? "",
      accountId: ACCOUNT_ID,
      now: new Date(),
    };
  }
}
