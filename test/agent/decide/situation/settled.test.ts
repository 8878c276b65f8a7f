import { describe, expect, it } from "vitest";
import { isSettled } from "../../../../lib/agent/decide/situation/settled";
import type { DockerView, Observation } from "../../../../lib/agent/model";
import { managerSettings, workerSettings } from "../../../support/simulation/settings";
import {
  leaderSees,
  leading,
  manager,
  memory,
  OUTSIDE,
  observation,
  publishedRecord,
  seen,
  slotRecord,
} from "../given";

const joined = (overrides: Partial<Observation> = {}) =>
  observation({
    cluster: seen(publishedRecord()),
    docker: seen<DockerView>({ status: { state: "active", nodeId: "w1", controlAvailable: false } }),
    ...overrides,
  });
const waits = { launch: { done: false, missed: 0, notBefore: 0 } };

describe("a node is all that it is to become", () => {
  it("as a worker of a ready swarm", () => {
    expect(isSettled(joined(), memory(), workerSettings())).toBe(true);
  });

  it("as a manager that the others reach", () => {
    expect(isSettled(leaderSees([manager(0)]), memory(), managerSettings(0))).toBe(true);
  });

  it("once it is out because its slot was retired", () => {
    // GIVEN
    const slot = seen(slotRecord(0, { retire: "remove" }));
    // WHEN / THEN
    expect(isSettled(joined({ docker: seen(OUTSIDE), slot }), memory(), managerSettings(0))).toBe(true);
  });

  it.each([
    ["it is in no swarm", joined({ docker: seen(OUTSIDE) }), memory()],
    ["dockerd was never asked", joined({ docker: undefined }), memory()],
    ["the cluster is not ready", joined({ cluster: seen(publishedRecord({ phase: "forming" })) }), memory()],
    ["its launch hook waits", joined(), memory(waits)],
  ])("not while %s", (_, given, remembered) => {
    expect(isSettled(given, remembered, workerSettings())).toBe(false);
  });

  it.each([
    ["is not promoted", joined()],
    [
      "is not reached",
      leaderSees([manager(0)], {
        docker: seen(leading([manager(0, { manager: { leader: false, reachability: "unknown" } })])),
      }),
    ],
  ])("not as a manager that %s", (_, given) => {
    expect(isSettled(given, memory(), managerSettings(0))).toBe(false);
  });
});
