import { expect, test } from "vitest";
import { type ApiFault, parseApiFault } from "../../../lib/lab/front/api-fault";
import { Faults } from "../../../lib/lab/front/faults";
import { keyOf, WORKER } from "./policies/support";

const REQUEST = { caller: keyOf(WORKER), service: "ec2", region: "us-east-1", action: "DescribeInstances" };
const FROM_HOST = { caller: keyOf(WORKER), address: "10.20.0.20", isFromHost: true };

function faults(...set: readonly ApiFault[]): Faults {
  const all = new Faults();
  for (const fault of set) all.add(fault);
  return all;
}

test("fails when a fault for a share of the requests hits another share", () => {
  // GIVEN
  const draws = [0, 0.29, 0.3, 0.99];
  const some = new Faults(() => draws.shift() ?? 1);
  some.add({ service: "ec2", mode: "error", share: 0.3 });

  // WHEN
  const hits = Array.from({ length: 4 }, () => some.hitting(REQUEST, FROM_HOST) !== undefined);

  // THEN
  expect(hits).toEqual([true, true, false, false]);
});

test.each([
  ["its address", "10.20.0.20", true],
  ["its key", keyOf(WORKER), true],
  ["another's address", "10.20.0.21", false],
  ["another's key", keyOf("i-other"), false],
])("fails when a fault for a host by %s hits the wrong one", (_, caller, expected) => {
  const fault = faults({ service: "*", mode: "down", caller }).hitting(REQUEST, FROM_HOST);
  expect(fault !== undefined).toBe(expected);
});

test("fails when of several faults another than the first that fits hits", () => {
  // GIVEN
  const [other, first, second]: readonly ApiFault[] = [
    { service: "dynamodb", mode: "down" },
    { service: "ec2", mode: "slow", milliseconds: 1 },
    { service: "*", mode: "error" },
  ];
  const all = faults(...[other, first, second].flatMap((fault) => fault ?? []));

  // THEN
  expect(all.hitting(REQUEST, FROM_HOST)).toBe(first);
  expect(all.hitting({ ...REQUEST, service: "sts" }, FROM_HOST)).toBe(second);
});

test("fails when a host's request without any signature is spared", () => {
  const unsigned = { ...FROM_HOST, caller: "anonymous" };
  expect(faults({ service: "*", mode: "down" }).hitting({ ...REQUEST, caller: "anonymous" }, unsigned)).toBeDefined();
});

test("fails when what is no JSON is taken for a fault", () => {
  expect(() => parseApiFault("ec2 error")).toThrow(SyntaxError);
});
