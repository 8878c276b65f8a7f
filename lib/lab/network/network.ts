import { OperationError } from "../../errors";
import { type DockerCli, LAB_LABEL, NAME_PREFIX } from "../engine/docker-cli";
import { type RunCommand, succeed } from "../machine/command";
import {
  describeOverlap,
  type MachineRoute,
  METADATA_ADDRESS,
  overlappingRoutes,
  parseRoutes,
  type VpcNetwork,
} from "./network-plan";

/** Weaker than any route in use: it takes packets for hosts that are gone, which must not leave the machine. */
const UNREACHABLE_METRIC = "4096";

/** Routes of this machine. */
export async function machineRoutes(run: RunCommand): Promise<MachineRoute[]> {
  return parseRoutes(await succeed(run, "ip", ["-json", "-4", "route", "show"]));
}

/** Refuses a block that overlaps a network this machine is in, as its traffic would end in the lab. */
export async function refuseOverlap(run: RunCommand, cidr: string): Promise<void> {
  const overlapping = overlappingRoutes(cidr, await machineRoutes(run));
  if (overlapping.length > 0) throw new OperationError("AddressesOverlap", describeOverlap(cidr, overlapping));
}

/** Name of the Docker network of a VPC. */
export function networkName(vpcId: string): string {
  return `${NAME_PREFIX}${vpcId}`;
}

/** Makes the network of a VPC: an internal bridge that carries the addresses of metadata service and resolver. */
export async function createNetwork(docker: DockerCli, run: RunCommand, network: VpcNetwork): Promise<void> {
  await succeed(run, "ip", ["route", "replace", "unreachable", network.cidr, "metric", UNREACHABLE_METRIC]);
  await docker.try(["network", "rm", networkName(network.vpcId)]); // of an attempt that failed half-way
  await docker.run([
    ...["network", "create", "--internal", "--label", LAB_LABEL, "--subnet", network.cidr],
    ...["--gateway", network.gateway, "--aux-address", `resolver=${network.resolver}`],
    ...["-o", `com.docker.network.bridge.name=${network.bridge}`, networkName(network.vpcId)],
  ]);
  for (const address of [METADATA_ADDRESS, network.resolver])
    await succeed(run, "ip", ["address", "replace", `${address}/32`, "dev", network.bridge]);
}

/** Removes the network of a VPC; false while hosts are still on it. */
export async function removeNetwork(docker: DockerCli, run: RunCommand, network: VpcNetwork): Promise<boolean> {
  const removed = await docker.try(["network", "rm", networkName(network.vpcId)]);
  if (removed.code !== 0 && !/No such network|not found/i.test(removed.stderr)) return false;
  await removeRoute(run, network.cidr);
  return true;
}

/** Removes the route that kept packets for a block on the machine. */
export async function removeRoute(run: RunCommand, cidr: string): Promise<void> {
  await run("ip", ["route", "delete", "unreachable", cidr, "metric", UNREACHABLE_METRIC]);
}
