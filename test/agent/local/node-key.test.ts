import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { withoutLock } from "../../../lib/agent/local/node-key";
import { LOCKED_KEY_FILE, LOG_KEY, UNLOCK_KEY } from "./locked-manager";

const certificate = new X509Certificate(readFileSync(join(__dirname, "fixtures", "locked-manager.crt")));
const headerOf = (file: string, name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(file)?.[1];

describe("a manager's key file without its lock", () => {
  const opened = withoutLock(LOCKED_KEY_FILE, UNLOCK_KEY) ?? "";

  it("holds the key of the node's certificate", () => {
    // GIVEN
    const body = opened.replace(/^[a-z-]+: .*\n/gm, "");
    // WHEN / THEN
    expect(certificate.checkPrivateKey(createPrivateKey(body))).toBe(true);
  });

  it("holds the key of the Raft log as dockerd keeps it where managers are not locked", () => {
    expect(headerOf(opened, "raft-dek")).toBe(LOG_KEY);
  });

  it("has no version of a lock: dockerd would believe that the swarm's is on it already", () => {
    expect(headerOf(opened, "kek-version")).toBe("0");
  });

  it("is in PEM's own form, headers first", () => {
    expect(opened).toMatch(
      /^-----BEGIN PRIVATE KEY-----\nkek-version: 0\nraft-dek: .*\n\n(?:[\w+/=]{1,64}\n)+-----END PRIVATE KEY-----\n$/,
    );
  });

  it("keeps both keys of a Raft log whose key was about to change, and what else dockerd wrote", () => {
    // GIVEN
    const boxed = headerOf(LOCKED_KEY_FILE, "raft-dek");
    const changing = `raft-dek: ${boxed}\nraft-dek-needs-rotation: true\nraft-dek-pending: ${boxed}`;
    // WHEN
    const file = withoutLock(LOCKED_KEY_FILE.replace(/^raft-dek: .*$/m, changing), UNLOCK_KEY) ?? "";
    // THEN
    expect(headerOf(file, "raft-dek-pending")).toBe(LOG_KEY);
    expect(headerOf(file, "raft-dek-needs-rotation")).toBe("true");
  });
});

describe("a key file", () => {
  it.each([
    ["another key", "SWMKEY-1-plu0cpnlXjev9LMekhhSf44rKxMCs37ivu9tqirFZco"],
    ["no key at all", "not a key"],
  ])("is not opened by %s", (_, key) => {
    expect(withoutLock(LOCKED_KEY_FILE, key)).toBeUndefined();
  });

  it.each([
    ["is not locked", withoutLock(LOCKED_KEY_FILE, UNLOCK_KEY) ?? ""],
    ["is cut off", LOCKED_KEY_FILE.slice(0, 200)],
    ["is empty", ""],
  ])("that %s is refused", (_, file) => {
    expect(() => withoutLock(file, UNLOCK_KEY)).toThrow("of a kind unknown here");
  });

  it("whose Raft log is locked in another way is refused, and not half opened", () => {
    // GIVEN
    const fips = Buffer.from([0x08, 2, 0x12, 1, 0]).toString("base64");
    // WHEN / THEN
    const file = LOCKED_KEY_FILE.replace(/^raft-dek: .*$/m, `raft-dek: ${fips}`);
    expect(() => withoutLock(file, UNLOCK_KEY)).toThrow("unknown here: algorithm 2");
  });

  it("whose Raft log's key was tampered with is refused", () => {
    // GIVEN
    const box = Buffer.from(headerOf(LOCKED_KEY_FILE, "raft-dek") ?? "", "base64");
    box.writeUInt8(box.readUInt8(10) ^ 1, 10);
    // WHEN / THEN
    const file = LOCKED_KEY_FILE.replace(/^raft-dek: .*$/m, `raft-dek: ${box.toString("base64")}`);
    expect(() => withoutLock(file, UNLOCK_KEY)).toThrow();
  });
});
