import { describe, expect, it, test } from "vitest";
import { faultsOf, MINIMAL } from "./support";

const network = (cidr: string) => MINIMAL.replace("10.20.0.0/16", cidr);
const image = (value: string) => MINIMAL.replace("{ id: ami-0123456789abcdef0 }", value);

/** One fault, of which the messages says this. */
function expectFault(text: string, path: string, message: string | RegExp): void {
  const faults = faultsOf(text);
  expect(faults).toHaveLength(1);
  expect(faults[0]).toContain(`${path}: `);
  expect(faults[0]).toMatch(message);
}

describe("managers.count", () => {
  test.each([1, 3, 5, 7])("takes %i", (count) => {
    expect(faultsOf(`${MINIMAL}managers: {count: ${count}}`)).toEqual([]);
  });
  test.each([
    ["0", "a swarm needs a manager, got 0; write 1 or 3"],
    ["-3", "a swarm needs a manager, got -3; write 1 or 3"],
    ["6", "got 6; write 5 or 7"],
    ["8", "got 8; write 7"],
    ['"3"', 'got "3"; write 3 without quotes'],
    ["3.5", "got 3.5; write for example 3"],
    [".inf", "must be 1, 3, 5 or 7, got .inf; write for example 3"],
    ["three", 'got "three"; write for example 3'],
    ["", "got nothing; write for example 3"],
  ])("refuses %s and says %s", (count, message) => {
    expectFault(`${MINIMAL}managers:\n  count: ${count}`, "managers.count", message);
  });
});

describe("network.cidr", () => {
  test.each(["10.0.0.0/16", "172.31.255.0/24", "192.168.0.0/20", "100.64.0.0/16"])("takes %s", (cidr) => {
    expect(faultsOf(network(cidr))).toEqual([]);
  });
  test.each([
    ["10.0.0.0/15", "must be between /16 and /24"],
    ["10.0.0.0/25", "must be between /16 and /24"],
    ["11.0.0.0/16", "must be a private block"],
    ["172.32.0.0/16", "must be a private block"],
    ["10.0.0/16", "must be an IPv4 block"],
    ["010.0.0.0/16", "must be an IPv4 block"],
    ["10.0.0.256/16", "must be an IPv4 block"],
    ["10.0.0.0", "must be an IPv4 block"],
    ["fd00::/64", "must be an IPv4 block"],
  ])("refuses %s because it %s", (cidr, message) => {
    expectFault(network(cidr), "network.cidr", message);
  });
});

describe("advice about a block can be followed:", () => {
  const access = (value: string) =>
    `${MINIMAL}access: [{ description: a, to: nodes, protocol: tcp, port: 443, cidrs: [${value}] }]\n`;
  it.each([
    ["an address that may connect", access("203.0.113.5"), "write for example 203.0.113.5/32"],
    ["an address of a VPC", network("10.31.7.9"), "write for example 10.31.0.0/16"],
    ["host bits", network("10.20.5.0/16"), "write 10.20.0.0/16"],
    ["host bits in a block that is too large", network("10.20.0.5/8"), "write for example 10.20.0.0/16"],
    ["host bits in a block that is not private", network("11.20.0.5/16"), "write for example 10.20.0.0/16"],
  ])("%s", (_, text, advice) => {
    // GIVEN
    const [fault, ...others] = faultsOf(text);
    expect(others).toEqual([]);
    expect(fault).toContain(advice);
    // WHEN what is written in place of the value is the advice
    const got = /"([\d./]+)"/.exec(fault ?? "")?.[1] ?? "nothing";
    const mended = text.replace(got, advice.split(" ").at(-1) ?? "");
    // THEN
    expect(faultsOf(mended)).toEqual([]);
  });
});

describe("a number that should have been a text is quoted as it stands:", () => {
  const rexray = (tag: string) => `storage: { rexray: { plugin: rexray/efs, tag: ${tag}, volumes: [a] } }`;
  it.each([
    ["tags: { cost: 0123 }", "tags.cost", 'got 0123; write "0123" in quotes'],
    ["tags: { version: 1.10 }", "tags.version", 'got 1.10; write "1.10" in quotes'],
    ["tags: .nan", "tags", "must be a map from tags to texts, got .nan; write for example {team: platform}"],
    ["backend: 0x1", "backend", "must be a map with the key type, got 1"],
    ["tags: { yes: True }", "tags.yes", 'got True; write "True" in quotes'],
    ["workers: [{ name: a, labels: { build: 1e3 } }]", "workers[0].labels.build", 'got 1e3; write "1e3" in quotes'],
    [rexray("0.10"), "storage.rexray.tag", 'got 0.10; write "0.10" in quotes'],
  ])("%s", (line, path, message) => {
    expectFault(`${MINIMAL}${line}\n`, path, message);
  });
  it("an account with a zero in front", () => {
    expectFault(
      image("{ name: swarm-node, owners: [012345678901] }"),
      "image.owners[0]",
      'got 012345678901; write "012345678901" in quotes',
    );
  });
});

describe("a cause gives one fault:", () => {
  it.each([
    ["a text where a list is wanted", "access: everything", "7:9 access"],
    [
      "a number beyond what is exact",
      "managers: { rootVolumeSizeGiB: 99999999999999999999 }",
      "7:32 managers.rootVolumeSizeGiB",
    ],
    ["a key that is misspelt, and so missing", "backend: { type: s3, buckett: states }", "7:22 backend.buckett"],
  ])("%s", (_, line, place) => {
    expect(faultsOf(`${MINIMAL}${line}\n`).map((fault) => fault.split(": ")[0])).toEqual([place]);
  });
  it("but two misspelt keys are two, and a misspelt one takes no other's place", () => {
    expect(faultsOf(`${MINIMAL}backend: { tpye: s3, type: s3, buckt: states, Bucket: states }\n`)).toHaveLength(3);
  });
});

describe("swarm.autolock", () => {
  const autolock = (value: string) => `${MINIMAL}swarm:\n  autolock: ${value}`;
  test.each(["true", "false"])("takes %s", (value) => {
    expect(faultsOf(autolock(value))).toEqual([]);
  });
  test.each([
    ["yes", 'must be true or false, got "yes"; write true'],
    ["1", "must be true or false, got 1; write true"],
    ["no", 'must be true or false, got "no"; write false'],
    ["Off", 'must be true or false, got "Off"; write false'],
    ["0", "must be true or false, got 0; write false"],
    ['"false"', 'must be true or false, got "false"; write false without quotes'],
    ["maybe", 'must be true or false, got "maybe"; write for example true'],
  ])("refuses %s and says %s", (value, message) => {
    expectFault(autolock(value), "swarm.autolock", message);
  });
});

describe("region", () => {
  const region = (value: string) =>
    MINIMAL.replace("region: us-east-1", `region: ${value}`).replace("[us-east-1a, us-east-1b]", `[${value}a]`);
  test.each(["eu-west-1", "us-gov-west-1", "ap-southeast-4", "eusc-de-east-1"])("takes %s", (value) => {
    expect(faultsOf(region(value))).toEqual([]);
  });
  it("suggests the one that was meant", () => {
    expectFault(region("eu-wset-1"), "region", 'must be an AWS region, got "eu-wset-1"; did you mean eu-west-1?');
    expectFault(
      MINIMAL.replace("us-east-1\n", "US-EAST-1\n"),
      "region",
      'must be an AWS region, got "US-EAST-1"; did you mean us-east-1?',
    );
  });
  it("is no availability zone", () => {
    expectFault(region("eu-west-1a"), "region", "must be an AWS region");
  });
});

describe("image", () => {
  test.each([
    "{ id: ami-12c6146b }",
    "{ ssmParameter: /acme/ami/swarm-node }",
    '{ name: "swarm-node-*", owners: [self, "123456789012"] }',
  ])("takes %s", (value) => {
    expect(faultsOf(image(value))).toEqual([]);
  });
  test.each([
    [
      "ami-0123456789abcdef0",
      "image",
      'must be one of {id: ami-…}, {ssmParameter: /…} or {name: …, owners: [self]}, got "ami-',
    ],
    ["{}", "image", "got a map without keys"],
    ["{ id: ami-12c6146b, name: x, owners: [self] }", "image", "got a map with id, name, owners"],
    ["{ id: ami-12c6146b, name: x }", "image.name", 'must be a known key, got "name"; write id'],
    ["{ nmae: swarm-node, owners: [self] }", "image.nmae", "did you mean name?"],
    ["{ owners: [self] }", "image.name", "is missing"],
    ["{ ssmParamter: /acme/ami }", "image.ssmParamter", "did you mean ssmParameter?"],
    ["{ name: swarm-node, owners: [123456789012] }", "image.owners[0]", 'write "123456789012" in quotes'],
    ["{ name: swarm-node, owners: [] }", "image.owners", "got an empty list; write for example [self]"],
    ["{ ssmParameter: acme/ami }", "image.ssmParameter", "beginning with a slash"],
    ["{ id: i-0123456789abcdef0 }", "image.id", "must be the id of a machine image"],
  ])("refuses %s at %s", (value, path, message) => {
    const faults = faultsOf(image(value));
    expect(faults.find((fault) => fault.includes(` ${path}: `))).toContain(message);
  });
  it("that is no map is told as it is, without keys", () => {
    expect(faultsOf(image("5"))).toEqual([expect.stringMatching(/ image: must be one of .*, got 5$/)]);
  });

  it("is told from a typo in its key, whatever else is wrong with it, and is not missing then", () => {
    const faults = faultsOf(image("{ nmae: swarm-node, owners: [123456789012] }"));
    expect(faults).toEqual([
      '6:10 image.nmae: must be a known key, got "nmae"; did you mean name?',
      expect.stringMatching(/^6:37 image\.owners\[0\]: must be self/),
    ]);
  });
});

describe("backend", () => {
  test.each([
    ["{ type: s4 }", "backend.type", 'must be local or s3, got "s4"; write for example s3'],
    ["{}", "backend.type", "is missing: it must be local or s3"],
    ["local", "backend", 'must be a map with the key type, got "local"'],
    ["{ type: local, bucket: states }", "backend.bucket", "must be a known key"],
    ["{ type: s3 }", "backend.bucket", "is missing"],
    ["{ type: s3, bucket: State }", "backend.bucket", "must be the name of an S3 bucket"],
    ["{ type: s3, bucket: states, prefix: /a }", "backend.prefix", "not beginning with a slash"],
    ["{ type: s3, bucket: states, region: mars-1 }", "backend.region", "must be an AWS region"],
  ])("refuses %s at %s", (value, path, message) => {
    expectFault(`${MINIMAL}backend: ${value}`, path, message);
  });
});

describe("texts that AWS or Docker take only so long, or so", () => {
  test.each([
    ["tags: { aws:team: a }", 'tags["aws:team"]', "must not begin with aws: or cdktf-swarm:"],
    ["tags: { 'CDKTF-SWARM:cluster': a }", 'tags["CDKTF-SWARM:cluster"]', "must not begin with"],
    [`tags: { ${"k".repeat(129)}: a }`, `tags.${"k".repeat(129)}`, "must be 1 to 128"],
    [`tags: { team: ${"v".repeat(257)} }`, "tags.team", "must be a text of at most 256"],
    ["tags: { team: 'a?' }", "tags.team", "which is what AWS takes in a tag"],
    ["tags: { cost: 5 }", "tags.cost", 'got 5; write "5" in quotes'],
    [
      `tags: {${Array.from({ length: 41 }, (_, index) => `t${index}: a`).join(", ")}}`,
      "tags",
      "at most 40 entries, got 41",
    ],
    [`cluster: ${"c".repeat(41)}`, "cluster", "must be 1 to 40"],
    ["cluster: Apps", "cluster", "lower-case letters"],
    ["cluster: sg-apps", "cluster", "must not begin with sg-"],
    ["managers: { rootVolumeSizeGiB: 7 }", "managers.rootVolumeSizeGiB", "from 8 to 16384, got 7"],
    ["managers: { instanceType: big }", "managers.instanceType", "must be an EC2 instance type"],
    ["workers: [{ name: manager }]", "workers[0].name", 'must not be "manager"'],
    [`workers: [{ name: ${"p".repeat(33)} }]`, "workers[0].name", "must be 1 to 32"],
    ["workers: [{ name: constructor }]", "workers[0].name", 'must not be "constructor"'],
    ["workers: [{ name: a, labels: { az: b } }]", "workers[0].labels.az", "every node has that label already"],
    ["workers: [{ name: a, labels: { 'a b': b } }]", 'workers[0].labels["a b"]', "must be a label"],
    ["workers: [{ name: a, labels: { a: yes, b: true } }]", "workers[0].labels.b", 'write "true" in quotes'],
    ["workers: [general]", "workers[0]", "must be a map with the keys name"],
    ["workers: { name: a }", "workers", "got a map; write for example [{name: general, desired: 2}]"],
    ["swarm: { dataPathPort: 1023 }", "swarm.dataPathPort", "from 1024 to 49151, got 1023"],
    ["swarm: { dataPathPort: 49152 }", "swarm.dataPathPort", "from 1024 to 49151, got 49152"],
    ["swarm: { addressPoolMaskLength: 30 }", "swarm.addressPoolMaskLength", "to 29, got 30"],
    ["swarm: { addressPool: 8.8.0.0/16 }", "swarm.addressPool", "must lie inside 10.0.0.0/8"],
    ["swarm: { addressPool: 169.254.0.0/16 }", "swarm.addressPool", "must lie inside"],
    ["swarm: { addressPool: 10.255.0.0/29 }", "swarm.addressPool", "must be between /8 and /28"],
    ["swarm: { addressPool: 10.255.1.0/16 }", "swarm.addressPool", "must have no host bits"],
    ["storage: { efs: { mountPath: mnt/efs } }", "storage.efs.mountPath", "must be an absolute path"],
    ["storage: { efs: { mountPath: /var/lib/docker } }", "storage.efs.mountPath", "must not hide a folder"],
    ["storage: { efs: { mountPath: /mnt/../etc } }", "storage.efs.mountPath", "must be an absolute path"],
    ["storage: { efs: true }", "storage.efs", "got true"],
    ["readiness: { timeoutSeconds: 59 }", "readiness.timeoutSeconds", "from 60 to 7200, got 59"],
  ])("%s is refused", (line, path, message) => {
    expectFault(`${MINIMAL}${line}\n`, path, message);
  });
});

describe("an unknown key", () => {
  test.each([
    ["manager: {}", "did you mean managers?"],
    ["Region: a", "did you mean region?"],
    ["availability_zones: []", "write environment, region,"],
    ["'': a", "write environment, region,"],
    [`${"x".repeat(200)}: a`, "write environment, region,"],
  ])("%s is answered with %s", (line, advice) => {
    const faults = faultsOf(`${MINIMAL}${line}\n`);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(advice);
    expect(faults[0]).toMatch(/^7:1 /);
  });

  it("called __proto__ among tags or labels is refused, for it would be lost", () => {
    expect(faultsOf(`${MINIMAL}tags: { __proto__: a }\nworkers: [{ name: a, labels: { __proto__: b } }]\n`)).toEqual([
      expect.stringMatching(/^7:9 tags\.__proto__: must not be __proto__/),
      expect.stringMatching(/^8:32 workers\[0\]\.labels\.__proto__: must not be __proto__/),
    ]);
  });

  it("called __proto__ is one like any other", () => {
    expect(faultsOf(`${MINIMAL}__proto__: { managers: { count: 4 } }\n`)).toEqual([
      expect.stringContaining('7:1 __proto__: must be a known key, got "__proto__"'),
    ]);
  });
});
