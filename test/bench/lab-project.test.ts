import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { environmentOf } from "../../bench/lab-project";
import { parseEnvironment } from "../../lib/config";

test("fails when the dev environment at another size is not what was asked for", () => {
  const dev = readFileSync(resolve("stacks", "environments", "dev.yaml"), "utf8");

  const config = parseEnvironment(environmentOf(dev, { managers: 5, workers: 12 }), "dev.yaml");

  expect(config.managers.count).toBe(5);
  expect(config.workers).toMatchObject([{ desired: 12, max: 12 }]);
});

test("fails when a dev environment that says no numbers is taken as it is", () => {
  expect(() => environmentOf("environment: dev\n", { managers: 5, workers: 5 })).toThrow("no line like");
});
