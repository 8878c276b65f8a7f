import { expect, onTestFinished, test } from "vitest";
import { apiFaultsOn, breakApi } from "../../../lib/lab/faults/api-faults";
import { type AwsControl, listApiFaults } from "../../../lib/lab/front/aws-control";
import { Front } from "../../../lib/lab/front/front";
import { instance } from "../accounts";

const scene = {
  instances: [instance("i-1")],
  containers: [{ id: "c", instanceId: "i-1", name: "manager-0", state: "running" }],
};

async function control(): Promise<AwsControl> {
  const front = new Front({ upstreamPort: 1 });
  onTestFinished(() => front.close());
  return { endpoint: `http://127.0.0.1:${await front.listen("127.0.0.1", 0)}` };
}

test("a fault for a host is one for the key of its instance, and is listed by the host's name", async () => {
  const aws = await control();

  await breakApi(aws, { kind: "api", service: "ec2", mode: "slow", host: "manager-0", milliseconds: 900 }, scene);

  expect((await listApiFaults(aws))[0]?.caller).toMatch(/^ASIALAB/);
  expect(await apiFaultsOn(aws, scene)).toEqual([
    { kind: "api", service: "ec2", mode: "slow", host: "manager-0", milliseconds: 900 },
  ]);
});

test("a service that is well again leaves the others as they are", async () => {
  // GIVEN
  const aws = await control();
  for (const service of ["ec2", "dynamodb", "ec2"]) await breakApi(aws, { kind: "api", service, mode: "error" }, scene);

  // WHEN
  await breakApi(aws, { kind: "api", service: "ec2", mode: "well" }, scene);

  // THEN
  expect(await apiFaultsOn(aws, scene)).toEqual([{ kind: "api", service: "dynamodb", mode: "error" }]);
});

test("all services can be broken, and all are well again at once", async () => {
  const aws = await control();

  await breakApi(aws, { kind: "api", service: "all", mode: "down" }, scene);
  const broken = await apiFaultsOn(aws, scene);
  await breakApi(aws, { kind: "api", service: "all", mode: "well" }, scene);

  expect(broken).toEqual([{ kind: "api", service: "*", mode: "down" }]);
  expect(await apiFaultsOn(aws, scene)).toEqual([]);
});

test.each([
  [
    { service: "s3", mode: "error" },
    "there is no service s3; there are: ec2, autoscaling, dynamodb, secretsmanager, all",
  ],
  [{ service: "ec2", mode: "bad" }, "there is no mode bad; there are: error, throttle, down,"],
  [{ service: "ec2", mode: "error", host: "x" }, "there is no host x in the lab; there are: manager-0"],
])("%j is refused with what there is", async (fault, message) => {
  const aws = await control();

  await expect(breakApi(aws, { kind: "api", ...fault }, scene)).rejects.toThrow(message);
  expect(await listApiFaults(aws)).toEqual([]);
});
