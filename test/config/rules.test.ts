import { describe, expect, it, test } from "vitest";
import { faultsOf, MINIMAL } from "./support";

const rule = (fields: string) =>
  `${MINIMAL}access:\n  - { description: a, to: workers, protocol: tcp, cidrs: [0.0.0.0/0], ${fields} }\n`;

/** Path and message of each fault, without its place. */
const saidAbout = (text: string) => faultsOf(text).map((fault) => fault.replace(/^\d+:\d+ /, ""));

describe("availability zones", () => {
  it("must be of the region, and the zone of the same letter is suggested", () => {
    expect(saidAbout(MINIMAL.replace("us-east-1b", "us-west-2b"))).toEqual([
      'network.availabilityZones[1]: must be a zone of us-east-1, got "us-west-2b"; write us-east-1b',
    ]);
  });
  it("must be named once", () => {
    expect(saidAbout(MINIMAL.replace("us-east-1b", "us-east-1a"))).toEqual([
      'network.availabilityZones[1]: must be named once, got "us-east-1a" again; write another zone, or drop it',
    ]);
  });
  it("are not judged while the region is unknown", () => {
    expect(saidAbout(MINIMAL.replace("us-east-1\n", "us-east-9\n"))).toEqual([expect.stringMatching(/^region: /)]);
  });
});

describe("the VPC", () => {
  const small = (pools: string) => `${MINIMAL.replace("10.20.0.0/16", "10.20.0.0/24")}workers: ${pools}\n`;
  it("must have an address for every node that scaling may add", () => {
    // Two zones of 16 addresses, 11 of which are taken: room for 10 nodes, 3 of them managers.
    expect(faultsOf(small("[{ name: a, desired: 1, max: 7 }]"))).toEqual([]);
    expect(saidAbout(small("[{ name: a, desired: 1, max: 8 }]"))).toEqual([
      "network.cidr: must have an address for every node, got 10.20.0.0/24, whose subnets in 2 zones hold 10 of up to 11 nodes; write a larger block, like a /16, or a smaller max of the pools",
    ]);
  });
  it("is not compared with a size that is faulty by itself", () => {
    expect(saidAbout(small("[{ name: a, desired: 8, max: lots }]"))).toEqual([
      expect.stringMatching(/^workers\[0\]\.max: /),
    ]);
  });
});

describe("the address pool", () => {
  it("must not overlap the VPC even when it is left to its default", () => {
    expect(saidAbout(MINIMAL.replace("10.20.0.0/16", "10.255.0.0/16"))).toEqual([
      "network.cidr: must not overlap swarm.addressPool, got 10.255.0.0/16 beside 10.255.0.0/16; write another block, or an addressPool apart from it, like 10.254.0.0/16",
    ]);
  });
  test.each(["172.17.0.0/16", "172.31.128.0/17", "172.16.0.0/12", "192.168.5.0/24", "192.168.0.0/16"])(
    "must not be %s, which Docker uses itself",
    (pool) => {
      expect(saidAbout(`${MINIMAL}swarm: { addressPool: ${pool}, addressPoolMaskLength: 28 }`)).toEqual([
        expect.stringMatching(/^swarm\.addressPool: must not overlap the networks Docker gives to local bridges/),
      ]);
    },
  );
  it("may be 172.16.0.0/16, just below those", () => {
    expect(faultsOf(`${MINIMAL}swarm: { addressPool: 172.16.0.0/16 }`)).toEqual([]);
  });
  it("must be larger than one network", () => {
    expect(saidAbout(`${MINIMAL}swarm: { addressPoolMaskLength: 16 }`)).toEqual([
      "swarm.addressPoolMaskLength: must leave room for more than one network: networks of /16 do not fit into a pool of /16, got 16; write a mask length from 17 to 29, or a larger pool",
    ]);
    expect(saidAbout(`${MINIMAL}swarm: { addressPool: 10.255.0.0/24 }`)).toEqual([
      expect.stringMatching(/^swarm\.addressPool: must leave room/),
    ]);
  });
  it("is not judged by its default while the swarm's settings are no map", () => {
    expect(saidAbout(`${MINIMAL.replace("10.20.", "10.255.")}swarm: 5`)).toEqual([expect.stringMatching(/^swarm: /)]);
  });
});

describe("NAT gateways", () => {
  const network = (keys: string) => MINIMAL.replace("  cidr", `  ${keys}\n  cidr`);
  test.each(["single", "per-zone"])("are refused for nodes with public addresses: %s", (nat) => {
    expect(saidAbout(network(`nodeSubnets: public\n  nat: ${nat}`))).toEqual([
      `network.nat: must be none where nodes have public addresses, which need no NAT gateway, got ${nat}; drop it, or write nodeSubnets: private`,
    ]);
  });
  test.each(["nodeSubnets: public\n  nat: none", "nat: per-zone", "nodeSubnets: public"])("are taken: %s", (keys) => {
    expect(faultsOf(network(keys))).toEqual([]);
  });
});

describe("the data path port", () => {
  test.each([2375, 2376, 2377, 7946])("must not be %i, which the swarm uses", (port) => {
    expect(saidAbout(`${MINIMAL}swarm: { dataPathPort: ${port} }`)).toEqual([
      expect.stringMatching(/^swarm\.dataPathPort: must be a port the swarm does not use/),
    ]);
  });
});

describe("worker pools", () => {
  const pools = (...sizes: string[]) =>
    `${MINIMAL}workers: [${sizes.map((size, index) => `{ name: p${index}, ${size} }`).join(", ")}]\n`;
  it("must have unique names", () => {
    expect(saidAbout(`${MINIMAL}workers: [{ name: a }, { name: b }, { name: a }]`)).toEqual([
      'workers[2].name: must be unique among the pools, got "a" again; write another name',
    ]);
  });
  test.each([
    ["desired: 1, min: 2", "workers[0].desired: must be at least min, got desired 1 and min 2; write 2 or more"],
    ["desired: 3, max: 2", "workers[0].desired: must be at most max, got desired 3 and max 2; write 2 or less"],
    [
      "desired: 3, min: 5, max: 4",
      "workers[0].min: must be at most max, got min 5 and max 4; write a min up to 4, or a max from 5",
    ],
  ])("with %s are refused", (sizes, fault) => {
    expect(saidAbout(pools(sizes))).toEqual([fault]);
  });
  it("are judged each by itself, and by the sizes that are valid", () => {
    expect(saidAbout(pools("min: 1, desired: 0, max: x", "min: 2, max: 1"))).toEqual([
      expect.stringMatching(/^workers\[0\]\.desired: must be at least min/),
      expect.stringMatching(/^workers\[0\]\.max: must be a whole number/),
      expect.stringMatching(/^workers\[1\]\.min: must be at most max/),
    ]);
  });
  test.each(["min: 0, desired: 0, max: 0", "max: 0", "min: 2, max: 2", "desired: 5", "min: 3"])(
    "with %s are taken",
    (sizes) => {
      expect(faultsOf(pools(sizes))).toEqual([]);
    },
  );
});

describe("an access rule", () => {
  test.each([
    ["port: 2375", "access[0].port: must not open ports 2375 to 2377"],
    ["port: 2377", "access[0].port: must not open ports 2375 to 2377"],
    ["port: 2376, toPort: 3000", "access[0].port: must not open ports 2375 to 2377"],
    ["port: 7946", "access[0].port: must not open port 7946"],
    ["port: 4789", "access[0].port: must not open port 4789"],
    ["port: 4000, toPort: 4789", "access[0].toPort: must not open port 4789"],
    ["port: 80, toPort: 79", "access[0].toPort: must not be below port, got 79 and port 80"],
  ])("with %s is refused", (ports, fault) => {
    expect(saidAbout(rule(ports))).toEqual([expect.stringContaining(fault)]);
  });
  it("over all ports is refused for each group of ports it opens", () => {
    expect(saidAbout(rule("port: 1, toPort: 65535"))).toHaveLength(3);
  });
  test.each(["port: 2374", "port: 2378", "port: 2378, toPort: 4788", "port: 4790, toPort: 7945", "port: 65535"])(
    "with %s is taken",
    (ports) => {
      expect(faultsOf(rule(ports))).toEqual([]);
    },
  );
  it("follows the data path port to another number", () => {
    expect(saidAbout(`${rule("port: 8472")}swarm: { dataPathPort: 8472 }`)).toEqual([
      expect.stringMatching(/^access\[0\]\.port: must not open port 8472, which is for overlay traffic/),
    ]);
    expect(faultsOf(`${rule("port: 4789")}swarm: { dataPathPort: 8472 }`)).toEqual([]);
  });
  it("is refused when another opens the same ports of the same nodes to the same block", () => {
    const both = (second: string) =>
      `${rule("port: 443")}  - { description: b, to: ${second}, protocol: tcp, port: 443, cidrs: [10.0.0.0/8, 0.0.0.0/0] }\n`;
    expect(saidAbout(both("nodes"))).toEqual([
      "access[1].cidrs[1]: must be opened once for the same nodes and ports, got 0.0.0.0/0 again; drop it here",
    ]);
    expect(faultsOf(both("managers"))).toEqual([]);
  });
});

describe("REX-Ray", () => {
  it("makes each volume once", () => {
    const rexray = "{ plugin: rexray/efs, tag: 0.11.4, volumes: [jenkins, registry, jenkins] }";
    expect(faultsOf(`${MINIMAL}storage:\n  rexray: ${rexray}\n`)).toEqual([
      "8:75 storage.rexray.volumes[2]: must be named once, got jenkins again; drop it here",
    ]);
  });
  const placed = (placement: string) =>
    `${MINIMAL}workers: [{ name: general }, { name: web }]\nstorage: { rexray: { plugin: a/b, tag: "1", volumes: [a], ${placement} } }\n`;
  it.each(["on: nodes", "on: managers", "pools: [web]", "on: nodes, pools: [general, web]"])(
    "may run: %s",
    (placement) => {
      expect(saidAbout(placed(placement))).toEqual([]);
    },
  );
  it.each([
    ["on: masters", 'storage.rexray.on: must be managers, workers or nodes, got "masters"; write for example managers'],
    ["pools: [web, web]", "storage.rexray.pools[1]: must be named once, got web again; drop it here"],
    [
      "pools: [genral]",
      'storage.rexray.pools[0]: must be the name of a worker pool of this file, got "genral"; write general',
    ],
    [
      "on: managers, pools: [web]",
      'storage.rexray.pools: must be left out beside "on: managers", which leaves all pools out, got a list of 1; drop it, or write "on: nodes"',
    ],
  ])("cannot run: %s", (placement, fault) => {
    expect(saidAbout(placed(placement))).toEqual([fault]);
  });
  it("is not there without a volume to mount", () => {
    const text = `${MINIMAL}storage: { rexray: { plugin: rexray/efs, tag: 0.11.4, volumes: [] } }\n`;
    expect(saidAbout(text)).toEqual([expect.stringMatching(/^storage\.rexray\.volumes: must be a list of 1 to 20/)]);
  });
});

describe("the environment", () => {
  it("is not to be called like a file whose name it cannot have", () => {
    expect(faultsOf(MINIMAL, "stacks/environments/My Env.yaml")).toEqual([
      '1:14 environment: must be the name of the file, got "dev" in My Env.yaml; rename the file to dev.yaml',
    ]);
  });
  it("must be called like its file", () => {
    expect(faultsOf(MINIMAL, "stacks/environments/test.yaml")).toEqual([
      '1:14 environment: must be the name of the file, got "dev" in test.yaml; write test, or rename the file to dev.yaml',
    ]);
  });
});
