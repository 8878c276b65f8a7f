import fc from "fast-check";
import { describe, expect, expectTypeOf, it } from "vitest";
import { parse, stringify } from "yaml";
import { type EnvironmentConfig, parseEnvironment } from "../../lib/config";
import type { ParsedEnvironment } from "../../lib/config/schema/environment";
import { ConfigError } from "../../lib/errors";
import { arbitraryEnvironment } from "../support/arbitrary-environment";

type Tree = Record<string | number, unknown>;

const fileOf = (config: EnvironmentConfig) => `${config.environment}.yaml`;

/** A faulty text gives faults inside of it, and nothing else. */
function expectOnlyFaultsInside(text: string, file: string): void {
  try {
    parseEnvironment(text, file);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    const { faults } = error as ConfigError;
    expect(faults.length).toBeGreaterThan(0);
    const lines = text.split("\n");
    for (const fault of faults) {
      expect(fault.message).not.toMatch(/undefined|\[object|Invalid input/);
      expect(fault.line).toBeGreaterThanOrEqual(1);
      expect(fault.line).toBeLessThanOrEqual(lines.length);
      expect(fault.column).toBeGreaterThanOrEqual(1);
      expect(fault.column).toBeLessThanOrEqual((lines[fault.line - 1] ?? "").length + 1);
    }
  }
}

/** Every map and list of a tree, with each of its keys. */
function placesOf(tree: unknown): { parent: Tree; key: string | number }[] {
  if (typeof tree !== "object" || tree === null) return [];
  const parent = tree as Tree;
  const keys = Array.isArray(tree) ? [...tree.keys()] : Object.keys(tree);
  return keys.flatMap((key) => [{ parent, key }, ...placesOf(parent[key])]);
}

const otherValue = fc.oneof(
  fc.constantFrom<unknown>(null, true, false, -1, 0, 2.5, 1e21, Number.NaN, Infinity, "", "x", [], {}, [[]], [null]),
  fc.string({ unit: "binary" }),
  fc.dictionary(fc.string({ unit: "grapheme" }), fc.jsonValue(), { maxKeys: 3 }),
  fc.array(fc.jsonValue(), { maxLength: 3 }),
);

const mutation = fc.oneof(
  fc.record({
    kind: fc.constant("rename" as const),
    at: fc.nat(),
    name: fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom("__proto__", "<<", "toString", "constructor", "null"),
    ),
  }),
  fc.record({ kind: fc.constant("replace" as const), at: fc.nat(), value: otherValue }),
  fc.record({ kind: fc.constant("drop" as const), at: fc.nat() }),
);

describe("a valid environment", () => {
  it("comes back as it was when it is written to a file and read", () => {
    fc.assert(
      fc.property(arbitraryEnvironment, (config) => {
        expect(parseEnvironment(stringify(config), fileOf(config))).toEqual(config);
      }),
      { numRuns: 300 },
    );
  });

  it("comes back the same when it is written as JSON", () => {
    fc.assert(
      fc.property(arbitraryEnvironment, (config) => {
        expect(parseEnvironment(JSON.stringify(config, undefined, 2), fileOf(config))).toEqual(config);
      }),
    );
  });

  it("gives only faults inside the file when keys are renamed and values replaced", () => {
    fc.assert(
      fc.property(arbitraryEnvironment, fc.array(mutation, { minLength: 1, maxLength: 4 }), (config, mutations) => {
        // GIVEN
        const tree = parse(stringify(config)) as Tree;
        for (const change of mutations) {
          const places = placesOf(tree);
          const place = places[change.at % Math.max(1, places.length)];
          if (place === undefined) continue;
          const { parent, key } = place;
          const value = change.kind === "replace" ? change.value : parent[key];
          if (change.kind !== "replace") delete parent[key];
          const name = change.kind === "rename" && !Array.isArray(parent) ? change.name : key;
          if (change.kind !== "drop")
            Object.defineProperty(parent, name, { value, enumerable: true, configurable: true, writable: true });
        }
        // WHEN, THEN
        expectOnlyFaultsInside(stringify(tree), fileOf(config));
      }),
      { numRuns: 300 },
    );
  });

  it("gives only faults inside the file when its text is damaged", () => {
    const piece = fc.oneof(
      fc.constantFrom(
        "\t",
        "\n",
        ": ",
        "- ",
        "*a",
        "&a ",
        "<<: ",
        "---\n",
        "...\n",
        "!x ",
        "? ",
        "[",
        "}",
        '"',
        "'",
        "|\n",
        "#",
        "%",
        "\r",
        "\u0000",
        "\ufeff",
        "@",
        "!!binary ",
      ),
      fc.string({ maxLength: 4 }),
    );
    const damage = fc.record({ at: fc.nat(), drop: fc.integer({ min: 0, max: 5 }), insert: piece });
    fc.assert(
      fc.property(arbitraryEnvironment, fc.array(damage, { minLength: 1, maxLength: 4 }), (config, damages) => {
        const text = damages.reduce((current, { at, drop, insert }) => {
          const offset = at % (current.length + 1);
          return current.slice(0, offset) + insert + current.slice(offset + drop);
        }, stringify(config));
        expectOnlyFaultsInside(text, fileOf(config));
      }),
      { numRuns: 300 },
    );
  });
});

it("has the type that its schema says, but for the defaults that depend on other fields", () => {
  type Independent =
    | "environment"
    | "region"
    | "tags"
    | "managers"
    | "swarm"
    | "image"
    | "storage"
    | "access"
    | "readiness";
  type Mutable<T> = { -readonly [Key in keyof T]: Mutable<T[Key]> };
  expectTypeOf<Pick<ParsedEnvironment, Independent>>().toEqualTypeOf<Mutable<Pick<EnvironmentConfig, Independent>>>();
});
