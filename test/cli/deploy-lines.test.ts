import { describe, expect, test } from "vitest";
import { readDeployLine } from "../../lib/cli/deploy-lines";
import { LabProgressView } from "../../lib/cli/lab-progress-view";
import { Output } from "../../lib/cli/output";
import { Recorder } from "./support";

const GATE = "terraform_data.Swarm_ReadinessGate_1A (Swarm/ReadinessGate) (local-exec):";

describe("readDeployLine", () => {
  test("counts a plan's resources of all kinds", () => {
    expect(readDeployLine("dev  Plan: 52 to add, 2 to change, 1 to destroy.", "dev")).toEqual({
      kind: "plan",
      total: 55,
      text: "Plan: 52 to add, 2 to change, 1 to destroy.",
    });
  });

  test.each([
    [
      "dev  aws_vpc.Swarm_Network_9F (Swarm/Network/Resource): Creation complete after 11s [id=vpc-1]",
      "aws_vpc.Swarm_Network_9F",
    ],
    ["     aws_subnet.A: Modifications complete after 0s [id=subnet-1]", "aws_subnet.A"],
    ['dev  aws_route.R["a-b"] (R): Destruction complete after 1s', 'aws_route.R["a-b"]'],
  ])("counts a resource that is done: %s", (line, resource) => {
    expect(readDeployLine(line, "dev")).toEqual({ kind: "done", resource });
  });

  test("passes on what the readiness gate says, without its clock", () => {
    expect(readDeployLine(`dev  ${GATE}   12 s  slot 1: joining`, "dev")).toEqual({
      kind: "say",
      text: "slot 1: joining",
    });
  });

  test("keeps the indentation of what the readiness gate says at its time-out", () => {
    const line = `     ${GATE}     log: cdktf-swarm lab exec manager-0 -- journalctl -u swarm-node`;
    expect(readDeployLine(line, "dev")).toMatchObject({ text: expect.stringMatching(/^ {4}log: /) });
  });

  test.each([
    "dev  Apply complete! Resources: 52 added, 0 changed, 0 destroyed.",
    "dev  No changes. Your infrastructure matches the configuration.",
    "     │ Error: creating EC2 VPC: VpcLimitExceeded",
  ])("passes on what matters: %s", (line) => {
    expect(readDeployLine(line, "dev")).toEqual({ kind: "say", text: line.replace(/^dev/, "").trim() });
  });

  test("passes on the lab's own words", () => {
    expect(readDeployLine("cdktf deploy dev", "dev")).toEqual({ kind: "say", text: "cdktf deploy dev" });
  });

  test.each([
    "dev  Initializing the backend...",
    "     ╷",
    "     │",
    "╵",
    "0 Stacks deploying     1 Stack done     0 Stacks waiting",
    "No outputs found.",
    "dev  aws_vpc.V (V): Still creating... [10s elapsed]",
    '       + resource "aws_vpc" "V" {',
    "dev  Terraform used the selected providers to generate the following execution",
    `dev  ${GATE} Executing: ["/bin/sh" "-c" "node wait"]`,
    `dev  ${GATE}`,
    "",
  ])("leaves out the rest: %s", (line) => {
    expect(readDeployLine(line, "dev")).toEqual({ kind: "noise" });
  });
});

describe("LabProgressView", () => {
  const created = (count: number): string =>
    Array.from({ length: count }, (_, index) => `dev  aws_subnet.S${index} (S): Creation complete after 1s`).join("\n");

  test("shows steps as lines, and resources as counts now and then", () => {
    // GIVEN
    const stderr = new Recorder();
    const view = new LabProgressView(new Output(new Recorder(), stderr, {}), "dev");
    // WHEN
    view.update({ phase: "engine", message: "using the engine at /run/docker.sock" });
    view.update({ phase: "deploy", message: "dev  Plan: 3 to add, 0 to change, 0 to destroy." });
    view.update({ phase: "deploy", message: created(3) });
    // THEN
    expect(stderr.lines).toEqual([
      "   0 s  engine: using the engine at /run/docker.sock",
      "   0 s  deploy: Plan: 3 to add, 0 to change, 0 to destroy.",
      "   0 s  deploy: 1 of 3 resources done, last aws_subnet.S0",
      "   0 s  deploy: 3 of 3 resources done, last aws_subnet.S2",
    ]);
  });

  test("does not repeat what a failed readiness gate said", () => {
    // GIVEN
    const stderr = new Recorder();
    const view = new LabProgressView(new Output(new Recorder(), stderr, {}), "dev");
    // WHEN
    view.update({
      phase: "deploy",
      message: [
        `dev  ${GATE} error: swarm dev is not Ready after 900 s:`,
        "dev  ╷",
        "     │ Error: local-exec provisioner error",
        "     │",
        "     │ Error running command 'node wait': exit status 1. Output:    0 s  slot 0: x",
        "     │ error: swarm dev is not Ready after 900 s:",
        "     ╵",
        "Invoking Terraform CLI failed with exit code 1",
      ].join("\n"),
    });
    // THEN
    expect(stderr.lines).toEqual([
      "   0 s  deploy: error: swarm dev is not Ready after 900 s:",
      "   0 s  deploy: │ Error: local-exec provisioner error",
      "   0 s  deploy: Invoking Terraform CLI failed with exit code 1",
    ]);
  });

  test("counts in place on a terminal", () => {
    // GIVEN
    const stderr = new Recorder(true);
    const view = new LabProgressView(new Output(new Recorder(), stderr, { NO_COLOR: "1" }), "dev");
    // WHEN
    view.update({ phase: "deploy", message: created(2) });
    // THEN
    expect(stderr.text.split("\u001b[1A\u001b[0J")).toHaveLength(2);
  });
});
