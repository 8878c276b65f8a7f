import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { parseEnvironment } from "../../lib/config";
import { ConfigError } from "../../lib/errors";
import { arbitraryEnvironment } from "../support/arbitrary-environment";
import { fuzz } from "../support/fuzz";
import { damage, damaged, mutated, mutation } from "../support/mutations";
import { synthEnvironment } from "../support/synth-environment";
import { nameOf } from "./verdicts";

/** A text is refused with faults inside of it, told in words, or comes to a stack; anything else is thrown. */
function expectFaultsOrStack(text: string, name: string): void {
  let config: ReturnType<typeof parseEnvironment>;
  try {
    config = parseEnvironment(text, `${name}.yaml`);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    expectInside((error as ConfigError).faults, text);
    return;
  }
  expect(synthEnvironment(config).resources("aws_autoscaling_group").length).toBeGreaterThan(0);
}

function expectInside(faults: ConfigError["faults"], text: string): void {
  expect(faults.length).toBeGreaterThan(0);
  const lines = text.split("\n");
  for (const fault of faults) {
    expect(fault.message).not.toMatch(/undefined|\[object|Invalid input/);
    expect(fault.line).toBeGreaterThanOrEqual(1);
    expect(fault.line).toBeLessThanOrEqual(lines.length);
    expect(fault.column).toBeGreaterThanOrEqual(1);
    expect(fault.column).toBeLessThanOrEqual((lines[fault.line - 1] ?? "").length + 1);
  }
  const told = faults.map(({ line, column, path, message }) => JSON.stringify([line, column, path, message]));
  expect(told).toEqual([...new Set(told)]);
}

const options = { seed: fuzz.seed, numRuns: Math.ceil(fuzz.files / 2), endOnFailure: true };

describe(`an environment file (FUZZ_SEED=${fuzz.seed})`, () => {
  it(
    "is refused in words, or comes to a stack, when keys are renamed and values changed",
    () => {
      fc.assert(
        fc.property(arbitraryEnvironment, fc.array(mutation, { minLength: 1, maxLength: 4 }), (config, mutations) => {
          const data = mutated(config, mutations);
          expectFaultsOrStack(stringify(data), nameOf(data));
        }),
        options,
      );
    },
    fuzz.timeout,
  );

  it(
    "is refused in words, or comes to a stack, when its text is damaged",
    () => {
      fc.assert(
        fc.property(arbitraryEnvironment, fc.array(damage, { minLength: 1, maxLength: 4 }), (config, damages) => {
          expectFaultsOrStack(damaged(stringify(config), damages), config.environment);
        }),
        options,
      );
    },
    fuzz.timeout,
  );
});
