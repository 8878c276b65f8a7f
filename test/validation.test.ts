import { TerraformStack, TerraformVariable, Testing } from "cdktf";
import { describe, expect, test } from "vitest";
import { ValidationError } from "../lib/errors";
import { PropsCheck } from "../lib/validation";

function stackOf(): TerraformStack {
  return new TerraformStack(Testing.app(), "stack");
}

const always = () => "is wrong";

describe("PropsCheck", () => {
  test("throws one error with every fault, in order, and the construct's path", () => {
    // GIVEN
    const check = new PropsCheck(stackOf());

    // WHEN
    check
      .value(1, (value) => `one, got ${value}`)
      .value("x", () => ["two", "three"])
      .add("four");

    // THEN
    expect(() => check.throwIfFaulty()).toThrow(ValidationError);
    expect(() => check.throwIfFaulty()).toThrow("stack: invalid properties\n- one, got 1\n- two\n- three\n- four");
  });

  test("throws nothing when there is no fault", () => {
    // GIVEN
    const check = new PropsCheck(stackOf());

    // WHEN
    check
      .value(1, () => undefined)
      .value(2, () => [])
      .add(undefined);

    // THEN
    expect(() => check.throwIfFaulty()).not.toThrow();
  });

  test("passes over what is absent", () => {
    expect(() => new PropsCheck(stackOf()).value(undefined, always).throwIfFaulty()).not.toThrow();
  });

  test("passes over strings, numbers and lists that only Terraform knows", () => {
    // GIVEN
    const variable = new TerraformVariable(stackOf(), "variable", {});

    // WHEN
    const check = new PropsCheck(stackOf())
      .value(variable.stringValue, always)
      .value(variable.numberValue, always)
      .value(variable.listValue, always);

    // THEN
    expect(() => check.throwIfFaulty()).not.toThrow();
  });
});
