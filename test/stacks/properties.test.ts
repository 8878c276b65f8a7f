import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { EnvironmentConfig } from "../../lib/config";
import { arbitraryEnvironment } from "../support/arbitrary-environment";
import { checks } from "../support/checks";
import { changes } from "../support/checks/changes";
import { fullEnvironment, synthEnvironment } from "../support/synth-environment";

const RUNS = { numRuns: 25 };

test("fails when any check finds a fault in any environment", () => {
  fc.assert(
    fc.property(arbitraryEnvironment, (config) => {
      const stack = synthEnvironment(config);

      const faults = Object.entries(checks).flatMap(([name, check]) =>
        check(stack, config).map((fault) => `${name}: ${fault}`),
      );

      expect(faults).toEqual([]);
    }),
    RUNS,
  );
}, 60_000);

test("fails when an environment comes to something else the second time", () => {
  fc.assert(
    fc.property(arbitraryEnvironment, (config) => {
      expect(synthEnvironment(config).text).toBe(synthEnvironment(config).text);
    }),
    { numRuns: 5 },
  );
}, 60_000);

describe("a change of the environment", () => {
  const before = fullEnvironment();
  const changed = (after: Partial<EnvironmentConfig>) =>
    changes(synthEnvironment(before), synthEnvironment({ ...before, ...after }));

  test("fails when one more worker changes more than its group's size and the gate", () => {
    const [general, ...others] = before.workers;

    const found = changed({ workers: [{ ...(general as NonNullable<typeof general>), desired: 3 }, ...others] });

    expect(found).toEqual([
      expect.stringMatching(/^aws_autoscaling_group\.\w*general\w*\.desired_capacity$/),
      expect.stringMatching(/^terraform_data\.\w*Readiness\w*\.provisioner$/),
      expect.stringMatching(/^terraform_data\.\w*Readiness\w*\.triggers_replace$/),
    ]);
  });

  test("fails when one more pool changes managers or other pools", () => {
    const pool = { ...(before.workers[0] as EnvironmentConfig["workers"][number]), name: "added" };

    const found = changed({ workers: [...before.workers, pool] });

    expect(found.filter((each) => !each.includes("added"))).toEqual([
      expect.stringMatching(/^aws_iam_role_policy\.\w*Workers\w*\.policy$/),
      expect.stringMatching(/^terraform_data\.\w*Readiness\w*\.depends_on$/),
      expect.stringMatching(/^terraform_data\.\w*Readiness\w*\.provisioner$/),
      expect.stringMatching(/^terraform_data\.\w*Readiness\w*\.triggers_replace$/),
    ]);
  });

  test("fails when one more zone changes what a manager is launched as, or where the first slots are", () => {
    const availabilityZones = [...before.network.availabilityZones];
    const fewer = { ...before.network, availabilityZones: availabilityZones.slice(0, 2) };
    const five = { ...before, managers: { ...before.managers, count: 5 as const } };

    const found = changes(synthEnvironment({ ...five, network: fewer }), synthEnvironment(five));

    const ofSlots = found.filter((each) => /Managers_Slot/.test(each) && !each.endsWith(".depends_on"));
    // The third and later slots spread over the new zone; that moves nothing that runs.
    expect(ofSlots).toEqual([
      expect.stringMatching(/^aws_autoscaling_group\.\w*Slot2\w*\.vpc_zone_identifier$/),
      expect.stringMatching(/^aws_autoscaling_group\.\w*Slot3\w*\.vpc_zone_identifier$/),
      expect.stringMatching(/^aws_autoscaling_group\.\w*Slot4\w*\.vpc_zone_identifier$/),
    ]);
  });

  test("fails when another image replaces anything", () => {
    const found = changed({ image: { id: "ami-0123456789abcdef0" } });

    expect(found.every((each) => /^data\.|^aws_launch_template\.[\w-]+\.image_id$/.test(each))).toBe(true);
  });
});
