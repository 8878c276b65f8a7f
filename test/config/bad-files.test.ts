import { describe, expect, it, test } from "vitest";
import { faultsOf, MINIMAL } from "./support";

/** Every kind of mistake, with the place where an editor should jump to and what the author should read. */
describe("a bad file is refused at line and column:", () => {
  test.each<{ mistake: string; text: string; faults: string[] }>([
    {
      mistake: "an even number of managers",
      text: `${MINIMAL}managers:\n  count: 4\n`,
      faults: [
        "8:10 managers.count: must be 1, 3, 5 or 7: an even number of managers tolerates no more losses than one fewer, got 4; write 3 or 5",
      ],
    },
    {
      mistake: "nine managers",
      text: `${MINIMAL}managers: { count: 9 }\n`,
      faults: [
        "7:20 managers.count: must be 1, 3, 5 or 7: more managers make every decision slower and none safer, got 9; write 7",
      ],
    },
    {
      mistake: "overlapping CIDRs",
      text: `${MINIMAL}swarm:\n  addressPool: 10.20.128.0/17\n`,
      faults: [
        "8:16 swarm.addressPool: must not overlap the VPC, got 10.20.128.0/17 beside network.cidr 10.20.0.0/16; write a block apart from it, like 10.255.0.0/16",
      ],
    },
    {
      mistake: "a CIDR with host bits",
      text: MINIMAL.replace("10.20.0.0/16", "10.20.5.0/16"),
      faults: [
        '4:9 network.cidr: must have no host bits: "10.20.5.0/16" is an address inside 10.20.0.0/16; write 10.20.0.0/16',
      ],
    },
    {
      mistake: "a pool with min above max",
      text: `${MINIMAL}workers:\n  - name: general\n    min: 5\n    max: 2\n`,
      faults: ["9:10 workers[0].min: must be at most max, got min 5 and max 2; write a min up to 2, or a max from 5"],
    },
    {
      mistake: "an unknown key",
      text: `${MINIMAL}managers:\n  instance_type: t3.small\n`,
      faults: ['8:3 managers.instance_type: must be a known key, got "instance_type"; did you mean instanceType?'],
    },
    {
      mistake: "a wrong type",
      text: `${MINIMAL}readiness:\n  timeoutSeconds: "900"\n`,
      faults: [
        '8:19 readiness.timeoutSeconds: must be a whole number of seconds from 60 to 7200, got "900"; write 900 without quotes',
      ],
    },
    {
      mistake: "an unknown availability zone",
      text: MINIMAL.replace("us-east-1b", "us-east-1z"),
      faults: [
        '5:35 network.availabilityZones[1]: must be a zone of us-east-1, got "us-east-1z"; write us-east-1a, us-east-1b, us-east-1c, us-east-1d, us-east-1e or us-east-1f',
      ],
    },
    {
      mistake: "an empty pool name",
      text: `${MINIMAL}workers:\n  - name: ""\n`,
      faults: [
        '8:11 workers[0].name: must be 1 to 32 lower-case letters, digits and hyphens, beginning with a letter, got ""; write for example general',
      ],
    },
    {
      mistake: "tabs, on every line that has them",
      text: `${MINIMAL}managers:\n\tcount: 3\nreadiness:\n\ttimeoutSeconds: 900\n`,
      faults: [
        "8:1: must not be indented with tabs, got a tab; write two spaces for each level",
        "10:1: must not be indented with tabs, got a tab; write two spaces for each level",
      ],
    },
    {
      mistake: "nothing at all",
      text: "",
      faults: [
        "1:1: must describe an environment, got an empty file; write environment: dev, region, network and image",
      ],
    },
    {
      mistake: "only comments",
      text: "# yaml-language-server: $schema=environment.schema.json\n",
      faults: [
        "1:1: must describe an environment, got an empty file; write environment: dev, region, network and image",
      ],
    },
    {
      mistake: "a second document",
      text: `${MINIMAL}---\nregion: eu-west-1\n`,
      faults: [
        "7:1: must be the only document of the file, got a second one after ---; write one file per environment",
      ],
    },
    {
      mistake: "a duplicate key, and the mistakes beside it",
      text: `${MINIMAL}region: us-east-1\nmanagers: { count: 2 }\n`,
      faults: [
        '7:1: must be written once, got the key "region" again; drop one of the two',
        "8:20 managers.count: must be 1, 3, 5 or 7: an even number of managers tolerates no more losses than one fewer, got 2; write 1 or 3",
      ],
    },
    {
      mistake: "a missing key, at the map that lacks it",
      text: MINIMAL.replace("  cidr: 10.20.0.0/16\n", ""),
      faults: [
        "4:3 network.cidr: is missing: it must be an IPv4 block: four decimal numbers up to 255, then a slash and a prefix length up to 32; write for example 10.20.0.0/16",
      ],
    },
    {
      mistake: "an alias without an anchor",
      text: `${MINIMAL}managers: *small\n`,
      faults: ["7:11: must be an alias of an anchor before it, got *small; write &small at a value before"],
    },
    {
      mistake: "a merge of something that is no map",
      text: `${MINIMAL}managers:\n  <<: 3\n`,
      faults: ["8:3: must be a map to be merged, got something else; write an alias of a map, like *small"],
    },
    {
      mistake: "a tag of another language",
      text: `${MINIMAL}cluster: !Ref apps\n`,
      faults: ["7:10: must be plain YAML, got the tag !Ref; write the value without it"],
    },
  ])("$mistake", ({ text, faults }) => {
    expect(faultsOf(text)).toEqual(faults);
  });
});

it("reports every fault at once, in the order of the lines", () => {
  // GIVEN faults in single fields, in unknown keys and between fields, some of them beside each other
  const text = `environment: prod
region: us-east-1
network:
  cidr: 10.20.0.0/16
  availabilityZones: [us-east-1z, 7]
manager: {}
image: { id: ami-1 }
swarm:
  addressPool: 10.20.0.0/16
  addressPoolMaskLength: soon
workers:
  - { name: general, min: 3, max: 1, instanceType: 5 }
  - { name: general }
`;
  // WHEN
  const places = faultsOf(text).map((fault) => fault.slice(0, fault.indexOf(": ")));
  // THEN
  expect(places).toEqual([
    "1:14 environment",
    "5:23 network.availabilityZones[0]",
    "5:35 network.availabilityZones[1]",
    "6:1 manager",
    "7:14 image.id",
    "9:16 swarm.addressPool",
    "10:26 swarm.addressPoolMaskLength",
    "12:27 workers[0].min",
    "12:52 workers[0].instanceType",
    "13:13 workers[1].name",
  ]);
});

describe("what aliases and merge keys stand for", () => {
  it("counts as if it were written out", () => {
    const text = `${MINIMAL}workers:
  - &small { name: general, desired: 1, instanceType: t3.medium, labels: &web { tier: web } }
  - { <<: *small, name: batch, labels: *web }
`;
    expect(faultsOf(text)).toEqual([]);
  });

  it("is faulted where it is used, since it may be right where it is defined", () => {
    const text = `${MINIMAL}workers:
  - &small { name: general, min: 2, max: 4 }
  - name: batch
    max: 1
    <<: *small
  - *small
`;
    expect(faultsOf(text).map((fault) => fault.split(": ")[0])).toEqual([
      "11:5 workers[1].min",
      "12:5 workers[2].name",
    ]);
  });
});
