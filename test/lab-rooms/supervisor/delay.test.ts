import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";

const DELAY = resolve(__dirname, "../../../lib/lab/supervisor/delay.py");

test("fails when packets are lost, leave in time or past the firewall, or the delay outlives its parent", () => {
  const rights = process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"];
  const program = ["python3", join(__dirname, "delayed-packets.py"), DELAY];

  const { stdout, stderr } = spawnSync("unshare", [...rights, "--net", ...program], { encoding: "utf8" });

  expect(stderr).toBe("");
  expect(JSON.parse(stdout)).toEqual({
    ready: "ready",
    arrived: ["first", "second", "third"],
    inTime: false,
    exit: 0,
  });
});
