import { createPrivateKey, type KeyObject } from "node:crypto";
import { secretbox } from "@noble/ciphers/salsa.js";

/** What an unlock key begins with, for people; the rest is the key itself. */
const READABLE = "SWMKEY-1-";
const KEY_LENGTH = 32;
/** Counts the locks a swarm has had: dockerd takes up its swarm's if that one is later. */
const LOCK_VERSION = "kek-version";
/** The Raft log's own keys, which are locked as the node's is; the second one while they change. */
const LOG_KEYS = ["raft-dek", "raft-dek-pending"];

/** Fields of swarmkit's `MaybeEncryptedRecord`, and the one algorithm it uses but in FIPS mode. */
const FIELD = { algorithm: 0x08, data: 0x12, nonce: 0x1a } as const;
const NACL_SECRETBOX = 1;

const BLOCK =
  /^-----BEGIN ENCRYPTED PRIVATE KEY-----\n((?:[a-z-]+: .*\n)+)\n([\w+/=\n]+)-----END ENCRYPTED PRIVATE KEY-----\n*$/;

/**
 * A locked key file as it is where managers are not locked; undefined if another key locked it.
 * @throws Error if dockerd, as far as it is known here, writes no such file
 */
export function withoutLock(file: string, unlockKey: string): string | undefined {
  const [, headers, body] = BLOCK.exec(file) ?? [];
  if (headers === undefined || body === undefined) throw new Error("the node's key file is of a kind unknown here");
  const key = Buffer.from(unlockKey.trim().replace(READABLE, ""), "base64");
  const opened = key.length === KEY_LENGTH ? open(Buffer.from(body, "base64"), key) : undefined;
  if (opened === undefined) return undefined;
  const lines = headers.trim().split("\n");
  const plain = lines.map((line) => {
    const [name = "", value = ""] = line.split(": ");
    if (name === LOCK_VERSION) return `${name}: 0`;
    return LOG_KEYS.includes(name) ? `${name}: ${withoutBox(value, key)}` : line;
  });
  const [begin, ...rest] = opened.export({ type: "pkcs8", format: "pem" }).toString().split("\n");
  return [begin, ...plain, "", ...rest].join("\n");
}

function open(der: Buffer, passphrase: Buffer): KeyObject | undefined {
  try {
    return createPrivateKey({ key: der, format: "der", type: "pkcs8", passphrase });
  } catch {
    return undefined;
  }
}

function withoutBox(value: string, key: Buffer): string {
  const { algorithm, data, nonce } = recordOf(Buffer.from(value, "base64"));
  if (algorithm !== NACL_SECRETBOX || data === undefined || nonce === undefined) {
    throw new Error(`the Raft log's key is locked in a way unknown here: algorithm ${algorithm}`);
  }
  const plain = secretbox(key, nonce).open(data);
  return Buffer.concat([Buffer.from([FIELD.data, plain.length]), plain]).toString("base64");
}

/** The fields of a record; each is shorter than what takes a second byte to tell. */
function recordOf(bytes: Buffer): { readonly algorithm: number; readonly data?: Buffer; readonly nonce?: Buffer } {
  let algorithm = 0;
  const parts = new Map<number, Buffer>();
  for (let at = 0; at < bytes.length; ) {
    const [field = 0, value = 0] = bytes.subarray(at, at + 2);
    at += 2;
    if (field === FIELD.algorithm) {
      algorithm = value;
      continue;
    }
    parts.set(field, bytes.subarray(at, at + value));
    at += value;
  }
  return { algorithm, data: parts.get(FIELD.data), nonce: parts.get(FIELD.nonce) };
}
