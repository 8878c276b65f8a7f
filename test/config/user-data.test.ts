import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { parseEnvironment } from "../../lib/config";
import { encodedTwice } from "../../lib/limits/user-data";
import { synthEnvironment } from "../support/synth-environment";
import { faultsOf, MINIMAL } from "./support";

const labelled = (labels: Readonly<Record<string, string>>) =>
  `${MINIMAL}workers:\n  - name: general\n    labels: ${JSON.stringify(labels)}\n`;

const many = (count: number, value: string) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`label-${index}`, value]));

describe("what must go into a node's user data", () => {
  it("is refused where it stands when labels are too long for it", () => {
    expect(faultsOf(labelled(many(50, "v".repeat(255))))).toEqual([
      expect.stringMatching(
        /^9:13 workers\[0\]\.labels: must fit into a node's user data: at most 12000 bytes as they are encoded there, got 1\d{4}; write fewer or shorter labels$/,
      ),
    ]);
  });

  it("is counted as it is encoded, so that quotes take more room than letters", () => {
    expect(faultsOf(labelled(many(40, "v".repeat(200))))).toEqual([]);
    expect(faultsOf(labelled(many(40, '"'.repeat(200))))).toHaveLength(1);
  });

  it("is refused where it stands when a path is too long for it", () => {
    expect(faultsOf(`${MINIMAL}storage:\n  efs:\n    mountPath: /${"m".repeat(15_000)}\n`)).toEqual([
      expect.stringMatching(/^9:16 storage\.efs\.mountPath: must be at most 255 characters/),
    ]);
  });

  it("fits when every part of a file is as long as it may be", () => {
    // GIVEN labels of as many bytes as are taken
    const labels = many(50, "");
    let bytes = Buffer.byteLength(encodedTwice(labels));
    for (const key of Object.keys(labels)) {
      const length = Math.min(255, 12_000 - bytes);
      labels[key] = "v".repeat(length);
      bytes += length;
    }
    expect(Buffer.byteLength(encodedTwice(labels))).toBe(12_000);
    const path = (length: number) => `/${"m".repeat(length - 1)}`;
    const text = stringify({
      environment: "e".repeat(40),
      region: "ap-southeast-1",
      network: { cidr: "100.127.240.0/20", availabilityZones: ["ap-southeast-1a"] },
      image: { id: "ami-0123456789abcdef0" },
      workers: [{ name: "p".repeat(32), labels }],
      swarm: { autolock: true, certExpiryHours: 87_600, addressPool: "100.64.100.0/28", addressPoolMaskLength: 29 },
      storage: {
        efs: { mountPath: path(255) },
        rexray: { plugin: "p".repeat(255), tag: "t".repeat(128), volumes: [1, 2, 3].map((n) => `${n}`.repeat(64)) },
      },
    });
    // WHEN
    const config = parseEnvironment(text, `${"e".repeat(40)}.yaml`);
    // THEN the construct, which estimates the whole, takes it
    expect(synthEnvironment(config).resources("aws_launch_template").length).toBeGreaterThan(0);
  });
});
