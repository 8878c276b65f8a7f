import { describe, expect, test } from "vitest";
import { formatLabStatus, formatStatus } from "../../lib/cli/tables";
import { mergeStatus } from "../../lib/operations";
import { APPS, cluster, manager, nodeRecord, slotRecord, WRITTEN_AT, worker } from "../operations/fixtures";

const none = { nodes: [], slots: [], tombstones: [] };

describe("formatStatus", () => {
  test("shows every node in a row, with columns that line up", () => {
    // GIVEN
    const members = [
      manager(0),
      manager(1, { reachability: "unreachable" }),
      worker("general", 1, { availability: "drain" }),
    ];
    const status = mergeStatus({
      now: Date.parse(WRITTEN_AT),
      target: APPS,
      record: cluster(members),
      records: { ...none, nodes: [nodeRecord("general", 1, { step: "worker of the swarm" })], slots: [slotRecord(2)] },
    });
    // THEN
    expect(`\n${formatStatus(status, new Map([["i-general1", "general-1"]]))}\n`).toMatchInlineSnapshot(`
      "
      environment dev, cluster apps: ready
      quorum: 2 managers, 1 reachable, 2 needed, lost

      NODE       INSTANCE    ADDRESS     AZ          STATE         ROLE                  AGENT  DOING
      manager-0  i-m0        10.20.0.10  us-east-1a  ready         leader                ?
      manager-1  i-m1        10.20.1.10  us-east-1b  ready         manager, unreachable  ?
      manager-2  i-m2        10.20.2.10  ?           joining       manager, not joined   ?      waiting for the worker token
      general-1  i-general1  10.20.9.1   us-east-1a  ready, drain  worker                0.1.0

      faults:
      - quorum is lost: 1 of 2 managers reachable, 2 needed; if the others do not come back, \`npx cdktf-swarm recover dev\` tells what to do
      - manager-2 is not in the swarm: joining (waiting for the worker token)
      - manager-1 is not reachable by the other managers
      "
    `);
  });

  test("says what goes on before what is wrong", () => {
    const status = mergeStatus({
      now: Date.parse(WRITTEN_AT),
      target: APPS,
      record: cluster([manager(0)]),
      records: { ...none, slots: [slotRecord(0, { retire: "replace", retireReason: "asked for" })] },
    });
    expect(formatStatus(status)).toMatch(
      /\n\nunder way:\n- manager-0 is being replaced \(asked for\)\n\nfaults: none$/,
    );
  });

  test("has no column for what nobody does", () => {
    const status = mergeStatus({
      now: Date.parse(WRITTEN_AT),
      target: APPS,
      record: cluster([manager(0)]),
      records: none,
    });
    expect(formatStatus(status)).not.toContain("DOING");
  });

  test("says so when there is no node", () => {
    const status = mergeStatus({ now: Date.parse(WRITTEN_AT), target: APPS, records: none });
    expect(formatStatus(status)).toContain("no node has reported yet");
  });
});

describe("formatLabStatus", () => {
  test("shows the hosts and where to look", () => {
    const status = {
      state: "up",
      environment: "dev",
      faults: ["host general-1 exited"],
      endpoint: "http://127.0.0.1:4566",
      engine: { socket: "/run/docker.sock", own: false },
      hosts: [
        {
          name: "manager-0",
          instanceId: "i-1",
          state: "running",
          address: "10.20.0.10",
          availabilityZone: "us-east-1a",
          container: "cdktf-swarm-lab-i-1",
          containerState: "running",
        },
      ],
      injectedFaults: [
        { id: "f", kind: "kill", instanceId: "i-1", host: "manager-0", since: "2026-01-01T00:00:00.000Z" },
      ],
      logDirectory: ".lab/logs",
    } as const;
    expect(`\n${formatLabStatus(status)}\n`).toMatchInlineSnapshot(`
      "
      lab: up, environment dev
      AWS API: http://127.0.0.1:4566
      engine: /run/docker.sock (yours)
      logs: .lab/logs

      HOST       INSTANCE  ADDRESS     AZ          STATE    CONTAINER
      manager-0  i-1       10.20.0.10  us-east-1a  running  running

      broken on purpose:
      - kill: manager-0 (i-1) is dead, since 2026-01-01T00:00:00.000Z

      faults:
      - host general-1 exited
      "
    `);
  });

  test("is one line when there is no lab", () => {
    expect(
      formatLabStatus({ state: "down", faults: [], hosts: [], injectedFaults: [], logDirectory: ".lab/logs" }),
    ).toBe("lab: down");
  });
});
