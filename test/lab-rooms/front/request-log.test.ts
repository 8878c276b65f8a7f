import { expect, test } from "vitest";
import { RequestLog } from "../../../lib/lab/front/request-log";

test("requests older than a minute count in the total and no longer in the rate", () => {
  // GIVEN
  let now = 0;
  const log = new RequestLog(() => now);
  log.add("AKIA", "ec2:DescribeInstances");
  now = 61_000;
  log.add("AKIA", "ec2:DescribeInstances");

  // WHEN
  const [entry] = log.counts();

  // THEN
  expect(entry).toMatchObject({ count: 2, lastMinute: 1, first: "1970-01-01T00:00:00.000Z" });
  expect(log.requestsPerMinute("AKIA")).toBe(1);
});
