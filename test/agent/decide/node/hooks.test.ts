import { describe, expect, it } from "vitest";
import { workerSettings } from "../../../support/simulation/settings";
import { decided, memory, NOW, observation, publishedRecord, seen } from "../given";

/** A worker that waits to join, and so for its launch hook. */
const joining = observation({ cluster: seen(publishedRecord()) });
const settings = workerSettings();
const EXTENSION_INTERVAL = 120_000;
const hooks = (...args: Parameters<typeof decided>) => decided(...args).filter(({ kind }) => kind.endsWith("-hook"));
const launching = (extendedAt: number) => memory({ launch: { done: false, missed: 0, notBefore: 0, extendedAt } });

describe("a hook that is waited for", () => {
  it("is extended once two minutes have gone by", () => {
    // GIVEN
    const remembered = launching(NOW - EXTENSION_INTERVAL);
    // WHEN / THEN
    expect(hooks(joining, remembered, settings)).toMatchObject([{ kind: "extend-hook", hook: settings.launchHook }]);
  });

  it("is left alone before", () => {
    expect(hooks(joining, launching(NOW - EXTENSION_INTERVAL + 1), settings)).toEqual([]);
  });

  it("is extended from the agent's start on where it never was", () => {
    // GIVEN
    const launch = { done: false, missed: 0, notBefore: 0 };
    // WHEN / THEN
    expect(hooks(joining, memory({ launch, startedAt: NOW - EXTENSION_INTERVAL }), settings)).toHaveLength(1);
    expect(hooks(joining, memory({ launch, startedAt: NOW - EXTENSION_INTERVAL + 1 }), settings)).toEqual([]);
  });

  it("of a termination is extended from its notice on", () => {
    // GIVEN
    const docker = seen({ status: { state: "pending", controlAvailable: false } as const });
    const given = observation({ cluster: seen(publishedRecord()), docker, terminating: true });
    const told = (terminatingSince: number) => hooks(given, memory({ terminatingSince }), settings);
    // WHEN / THEN
    expect(told(NOW - EXTENSION_INTERVAL)).toMatchObject([{ kind: "extend-hook", hook: settings.terminateHook }]);
    expect(told(NOW - EXTENSION_INTERVAL + 1)).toEqual([]);
  });
});

describe("a hook whose completion failed", () => {
  const destroying = observation({ cluster: seen(publishedRecord({ phase: "destroying" })) });
  const failed = (notBefore: number) => memory({ launch: { done: false, missed: 1, notBefore, error: "Throttling" } });

  it("is tried again at the moment set for it", () => {
    expect(hooks(destroying, failed(NOW), settings)).toMatchObject([{ kind: "complete-hook" }]);
  });

  it("is neither tried nor extended before", () => {
    expect(hooks(destroying, failed(NOW + 1), settings)).toEqual([]);
  });
});
