import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { plainItem, toAttribute } from "../../lib/registry/attribute-values";
import type { RecordValue } from "../../lib/registry/change";

const scalars = fc.oneof(fc.string(), fc.integer(), fc.boolean());
const { value: values } = fc.letrec<{ value: RecordValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    scalars,
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.string({ minLength: 1 }), tie("value"), { maxKeys: 3, noNullPrototype: true }),
  ),
}));

property.prop([values])("a value comes back from DynamoDB's types as it was", (value) => {
  expect(plainItem({ field: toAttribute(value) })).toEqual({ field: value });
});

test("a field of a map that is undefined is left out", () => {
  expect(toAttribute({ there: 1, absent: undefined })).toEqual({ M: { there: { N: "1" } } });
});

describe("what others wrote is read, too:", () => {
  test.each([
    ["a set of texts", { SS: ["a", "b"] }, ["a", "b"]],
    ["a set of numbers", { NS: ["1", "2.5"] }, [1, 2.5]],
    ["bytes", { B: new Uint8Array([1]) }, new Uint8Array([1])],
    ["a set of bytes", { BS: [new Uint8Array([1])] }, [new Uint8Array([1])]],
    ["nothing", { NULL: true }, undefined],
  ] as const)("%s", (_, attribute, value) => {
    expect(plainItem({ field: attribute as never })).toEqual({ field: value });
  });
});
