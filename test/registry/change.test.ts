import { describe, expect, test } from "vitest";
import { type Condition, holds } from "../../lib/registry/change";

const RECORD = { owner: "i-1", epoch: 3 };

describe("a condition holds as the table itself would judge:", () => {
  test.each<readonly [string, Condition, boolean]>([
    ["absent, and it is", { field: "slot", is: "absent" }, true],
    ["absent, and it is there", { field: "owner", is: "absent" }, false],
    ["equal", { field: "owner", is: "equal", value: "i-1" }, true],
    ["not equal", { field: "owner", is: "equal", value: "i-2" }, false],
    ["below", { field: "epoch", is: "below", value: 4 }, true],
    ["below itself", { field: "epoch", is: "below", value: 3 }, false],
    ["below, of another type", { field: "epoch", is: "below", value: "4" }, false],
    ["at most itself", { field: "epoch", is: "at most", value: 3 }, true],
    ["at most less", { field: "epoch", is: "at most", value: 2 }, false],
    ["at most, of another type", { field: "epoch", is: "at most", value: "3" }, false],
    [
      "any of two",
      {
        any: [
          { field: "owner", is: "absent" },
          { field: "epoch", is: "equal", value: 3 },
        ],
      },
      true,
    ],
  ])("%s", (_, condition, expected) => {
    expect(holds(condition, RECORD)).toBe(expected);
  });

  test.each<readonly [Condition, boolean]>([
    [{ field: "owner", is: "absent" }, true],
    [{ field: "epoch", is: "below", value: 1 }, false],
  ])("a record that is not there has no fields: %o", (condition, expected) => {
    expect(holds(condition, undefined)).toBe(expected);
  });
});
