import fc from "fast-check";
import { describe, expect, expectTypeOf, it } from "vitest";
import { stringify } from "yaml";
import { type EnvironmentConfig, parseEnvironment } from "../../lib/config";
import type { ParsedEnvironment } from "../../lib/config/schema/environment";
import { arbitraryEnvironment } from "../support/arbitrary-environment";

const fileOf = (config: EnvironmentConfig) => `${config.environment}.yaml`;

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
