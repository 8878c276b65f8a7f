import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

/** What a join token looks like; only the part behind the CA digest is secret, but the whole is never written. */
const TOKEN = /SWMTKN-1-[0-9a-z]{20,}-[0-9a-z]{10,}/;

/** A text that was looked through, by where it came from. */
export interface Place {
  readonly name: string;
  readonly text: string;
}

/** Names of the places a join token stands in, in the clear or base64-encoded (also gzipped below that). */
export function placesWithToken(places: readonly Place[]): readonly string[] {
  return places
    .filter(({ text }) => TOKEN.test(text) || decodings(text).some((inner) => TOKEN.test(inner)))
    .map(({ name }) => name);
}

/** The text of every file below a folder. */
export function filesBelow(directory: string): readonly Place[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => statSync(file).size < 64 * 1024 * 1024)
    .map((file) => ({ name: file, text: readFileSync(file, "latin1") }));
}

/** Command lines of all processes of this machine, those of the lab's hosts among them. */
export function commandLines(): readonly Place[] {
  return processes((pid) => readFileSync(`/proc/${pid}/cmdline`, "latin1").replaceAll("\0", " "));
}

function processes(read: (pid: string) => string): readonly Place[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [{ name: `process ${pid}`, text: read(pid) }];
      } catch {
        return []; // it ended meanwhile
      }
    });
}

function decodings(text: string): readonly string[] {
  return (text.match(/[A-Za-z0-9+/]{60,}={0,2}/g) ?? []).map((encoded) => {
    const bytes = Buffer.from(encoded, "base64");
    try {
      return bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes).toString("latin1") : bytes.toString("latin1");
    } catch {
      return bytes.toString("latin1");
    }
  });
}
