import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { withoutLock } from "../../../lib/agent/local/node-key";
import { SwarmDiskLock } from "../../../lib/agent/local/swarm-disk-lock";
import { LOCKED_KEY_FILE, UNLOCK_KEY } from "./locked-manager";

const OTHER_KEY = "SWMKEY-1-plu0cpnlXjev9LMekhhSf44rKxMCs37ivu9tqirFZco";

let swarmDirectory: string;
let lock: SwarmDiskLock;

beforeEach(() => {
  swarmDirectory = mkdtempSync(join(tmpdir(), "disk-lock-"));
  lock = new SwarmDiskLock({ swarmDirectory });
});

afterEach(() => rmSync(swarmDirectory, { recursive: true }));

const folder = () => join(swarmDirectory, "certificates");
const file = () => join(folder(), "swarm-node.key");

function withKeyFile(text: string): void {
  mkdirSync(folder());
  writeFileSync(file(), text, { mode: 0o600 });
}

describe("the lock of a disk", () => {
  it.each([
    ["on", "of a locked manager", () => withKeyFile(LOCKED_KEY_FILE), true],
    ["off", "of a manager that is not", () => withKeyFile(withoutLock(LOCKED_KEY_FILE, UNLOCK_KEY) ?? ""), false],
    ["off", "without a key file", () => {}, false],
  ])("is %s on a disk %s", async (_, __, given, isOn) => {
    // GIVEN
    given();
    // WHEN / THEN
    expect(await lock.isOn()).toBe(isOn);
  });

  it("is opened by its key alone", async () => {
    // GIVEN
    withKeyFile(LOCKED_KEY_FILE);
    // WHEN / THEN
    expect(await lock.opensWith(UNLOCK_KEY)).toBe(true);
    expect(await lock.opensWith(OTHER_KEY)).toBe(false);
  });

  it("is taken off in one step, with the locked file kept beside, both for root alone and nothing else", async () => {
    // GIVEN
    withKeyFile(LOCKED_KEY_FILE);
    // WHEN
    await lock.takeOff(UNLOCK_KEY);
    // THEN
    expect(readFileSync(file(), "utf8")).toBe(withoutLock(LOCKED_KEY_FILE, UNLOCK_KEY));
    expect(readFileSync(`${file()}.locked`, "utf8")).toBe(LOCKED_KEY_FILE);
    expect(readdirSync(folder()).sort()).toEqual(["swarm-node.key", "swarm-node.key.locked"]);
    expect(readdirSync(folder()).map((name) => statSync(join(folder(), name)).mode & 0o777)).toEqual([0o600, 0o600]);
  });

  it("stays as it is when the key is another one", async () => {
    // GIVEN
    withKeyFile(LOCKED_KEY_FILE);
    // WHEN / THEN
    await expect(lock.takeOff(OTHER_KEY)).rejects.toThrow("not the one");
    expect(readFileSync(file(), "utf8")).toBe(LOCKED_KEY_FILE);
  });

  it("is not taken off twice: the copy of the locked file would be lost", async () => {
    // GIVEN
    withKeyFile(LOCKED_KEY_FILE);
    await lock.takeOff(UNLOCK_KEY);
    // WHEN / THEN
    await expect(lock.takeOff(UNLOCK_KEY)).rejects.toThrow("not locked");
    expect(readFileSync(`${file()}.locked`, "utf8")).toBe(LOCKED_KEY_FILE);
  });

  it("is taken off where an earlier try was cut short", async () => {
    // GIVEN
    withKeyFile(LOCKED_KEY_FILE);
    writeFileSync(`${file()}.locked`, LOCKED_KEY_FILE);
    writeFileSync(`${file()}.new`, "half a fi");
    // WHEN
    await lock.takeOff(UNLOCK_KEY);
    // THEN
    expect(await lock.isOn()).toBe(false);
    expect(existsSync(`${file()}.new`)).toBe(false);
  });
});
