import { describe, expect, it } from "vitest";
import { parseSettings, SettingsError } from "../../lib/agent/settings";
import { AGENT_VERSION } from "../../lib/agent/version";
import packageFile from "../../package.json";
import { managerSettings, workerSettings } from "../support/simulation/settings";

const faultsOf = (value: unknown): readonly string[] => {
  try {
    parseSettings(typeof value === "string" ? value : JSON.stringify(value), "node.json");
    return [];
  } catch (error) {
    return (error as SettingsError).faults;
  }
};

describe("node settings", () => {
  it.each([managerSettings(2), workerSettings()])("of a node are taken as they are (%#)", (settings) => {
    expect(parseSettings(JSON.stringify(settings))).toEqual(settings);
  });

  it.each([
    ["not JSON at all", "{", "not JSON"],
    ["a list", [], "must be an object"],
    ["another schema", { ...workerSettings(), schema: 2 }, "schema must be 1, not 2"],
    ["an unknown role", { ...workerSettings(), role: "boss" }, 'role must be "manager" or "worker", not "boss"'],
    ["no nonce", { ...workerSettings(), nonce: "" }, "nonce must be a text that is not empty"],
    ["an even number of slots", { ...workerSettings(), slots: 2 }, "slots must be 1 or 3 or 5 or 7, not 2"],
    [
      "a worker without a pool",
      { ...workerSettings(), pool: undefined },
      "pool must be a text that is not empty, not nothing",
    ],
    [
      "a manager without a slot",
      { ...managerSettings(0), slot: undefined },
      "slot must be a whole number, not nothing",
    ],
    ["a slot of no cluster", { ...managerSettings(0), slot: 7 }, "slot must be at most 6"],
    ["too few slot groups", { ...managerSettings(0), slotGroups: ["a"] }, "slotGroups must name the groups of all 3"],
    [
      "a manager without its profile",
      { ...managerSettings(0), managerInstanceProfile: undefined },
      "managerInstanceProfile",
    ],
    ["labels that are no texts", { ...workerSettings(), labels: { a: 1 } }, "labels must be names with texts"],
    ["no swarm options", { ...workerSettings(), swarm: undefined }, "swarm must be an object"],
    [
      "a port that is text",
      { ...workerSettings(), swarm: { ...workerSettings().swarm, dataPathPort: "4789" } },
      "swarm.dataPathPort",
    ],
  ])("with %s are refused", (_, value, fault) => {
    expect(faultsOf(value).join("\n")).toContain(fault);
  });

  it("are refused with every fault at once, and the file's name", () => {
    // GIVEN
    const text = JSON.stringify({ ...workerSettings(), nonce: 1, table: 2 });
    // WHEN / THEN
    expect(() => parseSettings(text, "/etc/node.json")).toThrow(SettingsError);
    expect(() => parseSettings(text, "/etc/node.json")).toThrow(/\/etc\/node\.json[\s\S]*table must[\s\S]*nonce must/);
  });
});

describe("the agent's version", () => {
  it("is the package's", () => {
    expect(AGENT_VERSION).toBe(packageFile.version);
  });
});
