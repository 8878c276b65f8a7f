import { expect, test } from "vitest";
import { findHost } from "../../lib/lab/exec";
import type { HostContainer } from "../../lib/lab/hosts/hosts";

const host = (name: string, instanceId: string, state = "running"): HostContainer => ({
  id: `c-${instanceId}`,
  instanceId,
  name,
  state,
});
const hosts = [host("manager-0", "i-1", "exited"), host("manager-0", "i-2"), host("general-0", "i-3", "exited")];

test("a slot's name means the instance that runs, not the one before it", () => {
  expect(findHost("manager-0", hosts).instanceId).toBe("i-2");
});

test("a host can be named by its instance", () => {
  expect(findHost("i-2", hosts).instanceId).toBe("i-2");
});

test("an unknown name is answered with the names there are", () => {
  expect(() => findHost("worker-9", hosts)).toThrow("there are: general-0, manager-0, manager-0");
});

test("a host that does not run is said not to", () => {
  expect(() => findHost("general-0", hosts)).toThrow("general-0 does not run: it is exited");
});
