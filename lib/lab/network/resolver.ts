import { createSocket, type Socket } from "node:dgram";
import { createServer, type Server } from "node:net";

const TYPE_A = 1;
const CLASS_IN = 1;
const FLAGS = { response: 0x8000, recursionDesired: 0x0100, recursionAvailable: 0x0080 } as const;
const CODE = { noError: 0, formatError: 1, nameError: 3, notImplemented: 4 } as const;
const HEADER_BYTES = 12;
const ANSWER_SECONDS = 60;

/** The address behind a name, or `undefined` when there is no such name. */
export type ResolveName = (name: string) => string | undefined;

/**
 * The answer to a DNS query. Whatever is unknown does not exist, at once: a program that asks for a name of the internet
 * must not wait for its own time-out.
 *
 * @returns `undefined` for what is no query at all.
 */
export function answerQuery(query: Buffer, resolve: ResolveName): Buffer | undefined {
  if (query.length < HEADER_BYTES || (query.readUInt16BE(2) & FLAGS.response) !== 0) return undefined;
  const opcode = (query.readUInt16BE(2) >> 11) & 0xf;
  if (opcode !== 0) return reply(query, CODE.notImplemented);
  const question = readQuestion(query);
  if (query.readUInt16BE(4) !== 1 || question === undefined) return reply(query, CODE.formatError);
  const address = question.class === CLASS_IN ? resolve(question.name) : undefined;
  const section = query.subarray(HEADER_BYTES, question.end);
  if (address === undefined) return reply(query, CODE.nameError, section);
  // The name exists: another type of record is an empty answer, not an error.
  if (question.type !== TYPE_A) return reply(query, CODE.noError, section);
  const record = Buffer.alloc(16);
  record.writeUInt16BE(0xc000 | HEADER_BYTES, 0); // the name of the question
  record.writeUInt16BE(TYPE_A, 2);
  record.writeUInt16BE(CLASS_IN, 4);
  record.writeUInt32BE(ANSWER_SECONDS, 6);
  record.writeUInt16BE(4, 10);
  for (const [index, part] of address.split(".").entries()) record.writeUInt8(Number(part), 12 + index);
  return reply(query, CODE.noError, section, record);
}

function reply(query: Buffer, code: number, question?: Buffer, answer?: Buffer): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  query.copy(header, 0, 0, 2);
  const asked = query.readUInt16BE(2);
  const kept = asked & (FLAGS.recursionDesired | 0x7800);
  header.writeUInt16BE(FLAGS.response | FLAGS.recursionAvailable | kept | code, 2);
  header.writeUInt16BE(question === undefined ? 0 : 1, 4);
  header.writeUInt16BE(answer === undefined ? 0 : 1, 6);
  return Buffer.concat([
    header,
    ...(question === undefined ? [] : [question]),
    ...(answer === undefined ? [] : [answer]),
  ]);
}

function readQuestion(
  query: Buffer,
): { readonly name: string; readonly type: number; readonly class: number; readonly end: number } | undefined {
  const labels: string[] = [];
  let offset = HEADER_BYTES;
  for (;;) {
    const length = query[offset];
    if (length === undefined || length > 63) return undefined;
    offset += 1;
    if (length === 0) break;
    labels.push(query.toString("latin1", offset, offset + length));
    offset += length;
  }
  if (offset + 4 > query.length) return undefined;
  return {
    name: labels.join(".").toLowerCase(),
    type: query.readUInt16BE(offset),
    class: query.readUInt16BE(offset + 2),
    end: offset + 4,
  };
}

/** A resolver on one address. */
export class Resolver {
  private readonly udp: Socket = createSocket("udp4");
  private readonly tcp: Server;

  public constructor(private readonly resolve: ResolveName) {
    this.udp.on("message", (query, from) => {
      const answer = answerQuery(query, this.resolve);
      if (answer !== undefined) this.udp.send(answer, from.port, from.address);
    });
    this.tcp = createServer((socket) => {
      socket.setTimeout(5_000, () => socket.destroy());
      socket.on("error", () => socket.destroy());
      socket.once("data", (data) => {
        // Each message follows its length in two bytes; a query fits in one packet.
        const answer = answerQuery(data.subarray(2), this.resolve);
        const length = Buffer.alloc(2);
        length.writeUInt16BE(answer?.length ?? 0);
        if (answer === undefined) socket.destroy();
        else socket.end(Buffer.concat([length, answer]));
      });
    });
  }

  public async listen(address: string, port = 53): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.udp.once("error", reject);
      this.udp.bind(port, address, () => resolve());
    });
    await new Promise<void>((resolve, reject) => {
      this.tcp.once("error", reject);
      this.tcp.listen(port, address, () => resolve());
    });
  }

  public close(): void {
    this.udp.close();
    this.tcp.close();
  }
}

/** Names of hosts: `ip-10-20-1-10`, bare or in the region's private domain, as long as such an instance lives. */
export function resolveHostName(name: string, addresses: ReadonlySet<string>): string | undefined {
  const match = /^ip-(\d{1,3})-(\d{1,3})-(\d{1,3})-(\d{1,3})(?:\.(?:ec2|[a-z0-9-]+\.compute)\.internal)?$/.exec(name);
  const address = match?.slice(1).join(".");
  return address !== undefined && addresses.has(address) ? address : undefined;
}
