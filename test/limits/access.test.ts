import { describe, expect, test } from "vitest";
import { accessFindings } from "../../lib/limits/access";

const RULE = { to: "workers", protocol: "tcp", port: 80, cidrs: ["0.0.0.0/0"] } as const;

describe("rules that are faulty by themselves", () => {
  test.each([
    ["to", { ...RULE, to: undefined }],
    ["protocol", { ...RULE, protocol: undefined }],
    ["port", { ...RULE, port: undefined }],
  ])("are not said to be opened twice as well: both lack %s", (_, rule) => {
    expect(accessFindings([rule, rule], 4789)).toEqual([]);
  });

  test("are left out where nothing is known of them", () => {
    expect(accessFindings([undefined, undefined], 4789)).toEqual([]);
  });
});

test("two rules that open the same are told at the second one", () => {
  expect(accessFindings([RULE, { ...RULE, to: "nodes" }], 4789)).toMatchObject([{ path: [1, "cidrs", 0] }]);
});
