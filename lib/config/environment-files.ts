import { closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, readSync, type Stats } from "node:fs";
import { basename, extname, join } from "node:path";
import { ConfigError } from "../errors";

/** An environment that has a file. */
export interface EnvironmentFile {
  /** Base name of the file. */
  readonly name: string;
  /** Path of the file, below the folder that was asked for. */
  readonly file: string;
}

const EXTENSIONS = [".yaml", ".yml"];

/** Largest file that is read, in bytes: some hundred times what the largest environment takes. */
const MOST_BYTES = 1_000_000;

/** The environments that have a file in a folder, by name. None when there is no such folder. */
export function listEnvironments(folder: string): readonly EnvironmentFile[] {
  let entries: string[];
  try {
    entries = readdirSync(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
  return entries
    .filter((entry) => isEnvironmentFile(entry))
    .sort()
    .map((entry) => ({ name: environmentName(entry), file: join(folder, entry) }));
}

/** The name that the environment of a file must have. */
export function environmentName(file: string): string {
  return basename(file, extname(file));
}

function isEnvironmentFile(entry: string): boolean {
  // Hidden files are the editors' own: Emacs locks `dev.yaml` by a link `.#dev.yaml` that leads nowhere.
  return EXTENSIONS.includes(extname(entry)) && !entry.startsWith(".");
}

/** Whether a file or folder is not there, from what a system call threw. */
export function isMissing(error: unknown): boolean {
  return ["ENOENT", "ENOTDIR"].some((code) => code === codeOf(error));
}

/**
 * The text of a file.
 *
 * @throws ConfigError when it is no file, cannot be read, is too large or is not UTF-8
 */
export function readText(file: string): string {
  const fault = (message: string, line = 1, column = 1) => new ConfigError([{ file, line, column, path: "", message }]);
  let bytes: Buffer;
  try {
    bytes = readBytes(file);
  } catch (error) {
    if (isMissing(error) && !isLink(file)) throw error;
    throw fault(`must be a file that can be read, got ${error instanceof NoFile ? error.message : reasonOf(error)}`);
  }
  if (bytes.length > MOST_BYTES) {
    throw fault(
      `must be at most ${MOST_BYTES / 1_000_000} MB, got more; an environment takes a few kB, so this is another file`,
    );
  }
  const text = bytes.toString("utf8");
  const offset = firstDifference(bytes, Buffer.from(text));
  // The mark of byte order that Windows puts in front is no column.
  if (offset === undefined) return text.replace(/^\ufeff/, "");
  const before = bytes.subarray(0, offset).toString("utf8").split("\n");
  const byte = `0x${bytes.readUInt8(offset).toString(16).padStart(2, "0")}`;
  const message = `must be UTF-8, got the byte ${byte} that cannot stand here; save the file as UTF-8`;
  throw fault(message, before.length, (before.at(-1) ?? "").length + 1);
}

/** Something of another kind under the name of a file. */
class NoFile extends Error {}

function readBytes(file: string): Buffer {
  // Without the flag, a pipe that nobody writes to would hold us for ever.
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const status = fstatSync(descriptor);
    if (!status.isFile()) throw new NoFile(kindOf(status));
    // One byte more than may be there, for the size that a file claims need not be true.
    const buffer = Buffer.alloc(MOST_BYTES + 1);
    let length = 0;
    while (length < buffer.length) {
      const read = readSync(descriptor, buffer, length, buffer.length - length, null);
      if (read === 0) break;
      length += read;
    }
    return buffer.subarray(0, length);
  } finally {
    closeSync(descriptor);
  }
}

function isLink(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

function kindOf(status: Stats): string {
  if (status.isDirectory()) return "a folder";
  if (status.isFIFO()) return "a named pipe";
  return "a device";
}

function reasonOf(error: unknown): string {
  switch (codeOf(error)) {
    case "EACCES":
    case "EPERM":
      return "one that this user may not read; run chmod, or become another user";
    case "ENOENT":
      return "a link that leads nowhere";
    case "ELOOP":
      return "a link that leads back to itself";
    case "ENXIO":
      return "a socket";
    default:
      return error instanceof Error ? error.message : String(error);
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

function firstDifference(bytes: Buffer, others: Buffer): number | undefined {
  if (bytes.equals(others)) return undefined;
  const offset = bytes.findIndex((byte, index) => byte !== others[index]);
  return offset === -1 ? undefined : offset;
}
