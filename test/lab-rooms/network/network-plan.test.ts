import { expect, test } from "vitest";
import { overlappingRoutes, parseRoutes, planNetworks, type VpcNetwork } from "../../../lib/lab/network/network-plan";

const planned = (id: string, cidr: string, bridge: string): VpcNetwork => {
  const [network] = planNetworks([{ id, cidr }], []);
  if (network === undefined) throw new Error("nothing planned");
  return { ...network, bridge };
};

test("router and resolver are the first two addresses of the block", () => {
  expect(planNetworks([{ id: "vpc-1", cidr: "10.20.0.0/16" }], [])).toEqual([
    { vpcId: "vpc-1", cidr: "10.20.0.0/16", bridge: "swlab0", gateway: "10.20.0.1", resolver: "10.20.0.2" },
  ]);
});

test("a network keeps its bridge when another VPC goes, and a new one takes a free number", () => {
  // GIVEN
  const present = [planned("vpc-1", "10.20.0.0/16", "swlab0"), planned("vpc-2", "10.30.0.0/16", "swlab1")];

  // WHEN
  const next = planNetworks(
    [
      { id: "vpc-2", cidr: "10.30.0.0/16" },
      { id: "vpc-3", cidr: "10.40.0.0/16" },
    ],
    present,
  );

  // THEN
  expect(next.map(({ vpcId, bridge }) => [vpcId, bridge])).toEqual([
    ["vpc-2", "swlab1"],
    // swlab0 is still there: what goes is removed last.
    ["vpc-3", "swlab2"],
  ]);
});

test("a block that holds, or is held by, a network of this machine is refused", () => {
  const routes = [
    { cidr: "192.168.1.0/24", device: "eth0" },
    { cidr: "10.20.30.40/32", device: "tun0" },
    { cidr: "172.16.0.0/12", device: "eth1" },
  ];

  expect(overlappingRoutes("10.20.0.0/16", routes).map(({ device }) => device)).toEqual(["tun0"]);
  expect(overlappingRoutes("172.20.0.0/16", routes).map(({ device }) => device)).toEqual(["eth1"]);
  expect(overlappingRoutes("10.21.0.0/16", routes)).toEqual([]);
});

test("the lab's own bridge is no reason to refuse its block", () => {
  expect(overlappingRoutes("10.20.0.0/16", [{ cidr: "10.20.0.0/16", device: "swlab0" }])).toEqual([]);
});

test("default and unreachable routes hide nothing; single hosts count", () => {
  const json = JSON.stringify([
    { dst: "default", gateway: "192.0.2.1", dev: "eth0" },
    { type: "unreachable", dst: "10.20.0.0/16", dev: "lo" },
    { dst: "192.0.2.0/24", dev: "eth0" },
    { dst: "198.51.100.7", dev: "wg0" },
  ]);

  expect(parseRoutes(json)).toEqual([
    { cidr: "192.0.2.0/24", device: "eth0" },
    { cidr: "198.51.100.7/32", device: "wg0" },
  ]);
});
