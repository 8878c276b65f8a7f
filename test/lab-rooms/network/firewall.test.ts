import { expect, test } from "vitest";
import { type FirewallInput, renderFirewall } from "../../../lib/lab/network/firewall";
import type { VpcNetwork } from "../../../lib/lab/network/network-plan";
import { instance, rule } from "../accounts";

const network: VpcNetwork = {
  vpcId: "vpc-1",
  cidr: "10.20.0.0/16",
  bridge: "swlab0",
  gateway: "10.20.0.1",
  resolver: "10.20.0.2",
};
const manager = instance("i-000000000000000a1", { privateIp: "10.20.1.10", securityGroupIds: ["sg-managers"] });
const worker = instance("i-000000000000000b2", { privateIp: "10.20.2.10", securityGroupIds: ["sg-workers"] });

const lines = (change: Partial<FirewallInput>, obsolete?: readonly string[]): string[] =>
  renderFirewall({ networks: [network], instances: [manager, worker], rules: [], ...change }, obsolete).text.split(
    "\n",
  );
const chain = (rendered: readonly string[], name: string): string[] =>
  rendered.filter((line) => line.startsWith(`-A ${name} `)).map((line) => line.slice(`-A ${name} `.length));

test("an instance without rules gets and sends nothing", () => {
  const rendered = lines({});

  expect(chain(rendered, `SWLAB-I-${manager.id}`)).toEqual(["-j DROP"]);
  expect(chain(rendered, `SWLAB-E-${manager.id}`)).toEqual(["-j DROP"]);
});

test("traffic of a group comes from its members only, and from all of them", () => {
  // GIVEN
  const second = instance("i-000000000000000b3", { privateIp: "10.20.3.10", securityGroupIds: ["sg-workers"] });
  const rules = [rule("sg-managers", { fromPort: 2377, toPort: 2377, sourceGroupId: "sg-workers" })];

  // WHEN
  const rendered = lines({ instances: [manager, worker, second], rules });

  // THEN
  expect(chain(rendered, `SWLAB-I-${manager.id}`)).toEqual([
    "-s 10.20.2.10/32 -p tcp --dport 2377:2377 -j ACCEPT",
    "-s 10.20.3.10/32 -p tcp --dport 2377:2377 -j ACCEPT",
    "-j DROP",
  ]);
  expect(chain(rendered, `SWLAB-I-${worker.id}`)).toEqual(["-j DROP"]);
});

test("an instance has the rules of all its groups, each once", () => {
  // GIVEN
  const both = instance("i-000000000000000c4", { securityGroupIds: ["sg-a", "sg-b"] });
  const open = { fromPort: 80, toPort: 443, cidr: "0.0.0.0/0" };
  const rules = [rule("sg-a", open), rule("sg-b", open), rule("sg-b", { ...open, protocol: "udp" })];

  // WHEN
  const rendered = lines({ instances: [both], rules });

  // THEN
  expect(chain(rendered, `SWLAB-I-${both.id}`)).toEqual([
    "-s 0.0.0.0/0 -p tcp --dport 80:443 -j ACCEPT",
    "-s 0.0.0.0/0 -p udp --dport 80:443 -j ACCEPT",
    "-j DROP",
  ]);
});

test.each([
  ["all protocols", { protocol: "-1" }, "-s 10.0.0.0/8 -j ACCEPT"],
  ["ESP has no ports", { protocol: "50" }, "-s 10.0.0.0/8 -p 50 -j ACCEPT"],
  ["all ICMP", { protocol: "icmp", fromPort: -1, toPort: -1 }, "-s 10.0.0.0/8 -p icmp -j ACCEPT"],
  ["one ICMP type", { protocol: "icmp", fromPort: 8, toPort: -1 }, "-s 10.0.0.0/8 -p icmp --icmp-type 8 -j ACCEPT"],
])("a rule keeps its meaning: %s", (_name, change, expected) => {
  const rendered = lines({ rules: [rule("sg-workers", { cidr: "10.0.0.0/8", ...change })] });

  expect(chain(rendered, `SWLAB-I-${worker.id}`)).toEqual([expected, "-j DROP"]);
});

test("what a sender may send still has to pass the receiver", () => {
  // GIVEN
  const rules = [rule("sg-workers", { direction: "egress", protocol: "-1", cidr: "0.0.0.0/0" })];

  // WHEN
  const rendered = lines({ rules });

  // THEN
  expect(chain(rendered, `SWLAB-E-${worker.id}`)).toEqual(["-d 0.0.0.0/0 -j RETURN", "-j DROP"]);
  expect(chain(rendered, `SWLAB-I-${worker.id}`)).toEqual(["-j DROP"]);
  expect(chain(rendered, "SWLAB-FORWARD")).toEqual([
    "-i swlab0 -o swlab0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
    `-i swlab0 -o swlab0 -s 10.20.1.10/32 -j SWLAB-E-${manager.id}`,
    `-i swlab0 -o swlab0 -s 10.20.2.10/32 -j SWLAB-E-${worker.id}`,
    `-i swlab0 -o swlab0 -d 10.20.1.10/32 -j SWLAB-I-${manager.id}`,
    `-i swlab0 -o swlab0 -d 10.20.2.10/32 -j SWLAB-I-${worker.id}`,
    "-i swlab0 -o swlab0 -j DROP",
    "-i swlab0 -j DROP",
    "-o swlab0 -j DROP",
  ]);
});

test("hosts reach the metadata service, the API and the resolver of this machine, and nothing else of it", () => {
  const rendered = lines({});

  expect(chain(rendered, "SWLAB-INPUT")).toEqual([
    "-i swlab0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
    "-i swlab0 -d 169.254.169.254/32 -p tcp -m multiport --dports 80,4566 -j ACCEPT",
    "-i swlab0 -d 10.20.0.2/32 -p udp --dport 53 -j ACCEPT",
    "-i swlab0 -d 10.20.0.2/32 -p tcp --dport 53 -j ACCEPT",
    "-i swlab0 -j DROP",
  ]);
});

test("this machine opens no connection to a host", () => {
  expect(chain(lines({}), "SWLAB-OUTPUT")).toEqual([
    "-o swlab0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
    "-o swlab0 -j DROP",
  ]);
});

test("an address that is not known yet makes no rule that matches everybody", () => {
  const rendered = lines({
    instances: [manager, instance("i-000000000000000d5", { privateIp: null, securityGroupIds: ["sg-new"] })],
    rules: [rule("sg-managers", { fromPort: 2375, toPort: 2375, sourceGroupId: "sg-new" })],
  });

  expect(chain(rendered, `SWLAB-I-${manager.id}`)).toEqual(["-j DROP"]);
  expect(rendered.filter((line) => line.includes("null"))).toEqual([]);
});

const cut = { vpcId: "vpc-1", addresses: ["10.20.1.10", "10.20.2.10"], keepApi: true };

test("a cut comes before what is established, and leaves those inside it to each other", () => {
  const rendered = lines({ cuts: [cut] });

  expect(chain(rendered, "SWLAB-FORWARD")[0]).toBe("-i swlab0 -o swlab0 -j SWLAB-CUT-0");
  expect(chain(rendered, "SWLAB-CUT-0")).toEqual([
    "-s 10.20.1.10/32 -d 10.20.2.10/32 -j RETURN",
    "-s 10.20.2.10/32 -d 10.20.1.10/32 -j RETURN",
    "-s 10.20.1.10/32 -j DROP",
    "-d 10.20.1.10/32 -j DROP",
    "-s 10.20.2.10/32 -j DROP",
    "-d 10.20.2.10/32 -j DROP",
  ]);
});

test("a cut takes this machine's services away only when asked to", () => {
  const kept = lines({ cuts: [cut] });
  const taken = lines({ cuts: [{ ...cut, addresses: ["10.20.1.10"], keepApi: false }] });

  expect(chain(kept, "SWLAB-INPUT")).toEqual(chain(lines({}), "SWLAB-INPUT"));
  expect(chain(taken, "SWLAB-INPUT")[0]).toBe("-i swlab0 -s 10.20.1.10/32 -j DROP");
  expect(chain(taken, "SWLAB-OUTPUT")[0]).toBe("-o swlab0 -d 10.20.1.10/32 -j DROP");
});

test("a cut in a network that is not there makes no rule", () => {
  expect(lines({ cuts: [{ ...cut, vpcId: "vpc-2" }] })).toEqual(lines({}));
});

test("what a slow host sends is queued once, before anything accepts it", () => {
  const rendered = lines({ delays: [{ vpcId: "vpc-1", address: "10.20.1.10", queue: 7 }] });

  const queued = "-s 10.20.1.10/32 -m mark ! --mark 1048576/1048576 -j NFQUEUE --queue-num 7";
  expect(chain(rendered, "SWLAB-FORWARD")[0]).toBe(`-i swlab0 -o swlab0 ${queued}`);
  expect(chain(rendered, "SWLAB-INPUT")[0]).toBe(`-i swlab0 ${queued}`);
});

test("chains of instances that are gone are removed, others' chains are not", () => {
  const rendered = lines({}, ["SWLAB-I-i-gone", `SWLAB-I-${worker.id}`, "DOCKER-USER"]);

  expect(rendered.filter((line) => /^-[FX]/.test(line))).toEqual(["-F SWLAB-I-i-gone", "-X SWLAB-I-i-gone"]);
});

test("every chain's name fits the kernel's 28 characters", () => {
  const { chains } = renderFirewall({ networks: [network], instances: [manager], rules: [] });

  expect(chains.filter((name) => name.length > 28)).toEqual([]);
});
