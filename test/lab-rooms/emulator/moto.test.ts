import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { motoPython, startMoto } from "../../../lib/lab/emulator/moto";
import { START_TIMEOUT_MS } from "./account";

afterEach(() => {
  vi.unstubAllEnvs();
});

test("the emulator answers when it is started and is gone when it is stopped", {
  timeout: START_TIMEOUT_MS,
}, async () => {
  // GIVEN
  const moto = await startMoto();
  const answer = await fetch(`${moto.url}/lab/state`);

  // WHEN
  await moto.stop();

  // THEN
  expect(answer.status).toBe(200);
  expect(await moto.exited).toBe(0);
  await expect(fetch(`${moto.url}/lab/state`)).rejects.toThrow();
});

test("an emulator that cannot be installed says what it needs and leaves nothing half made", async () => {
  // GIVEN: a machine without a Python
  const cache = mkdtempSync(join(tmpdir(), "moto-"));
  vi.stubEnv("PATH", "/nowhere");

  // WHEN
  const installing = motoPython(cache);

  // THEN
  await expect(installing).rejects.toMatchObject({ code: "EmulatorNotInstalled" });
  await expect(installing).rejects.toThrow("needs python3 with its venv module");
  rmSync(cache, { recursive: true });
});
