/**
 * The code by which a process reads the clock without asking the kernel, as a patch: a container has no clock of its
 * own, and a time namespace does not cover the one on the wall. What the kernel maps into every process is the process's
 * to change, so a host's clock is set process by process, and this machine's stays as it is.
 *
 * Each function that tells the time gets a jump to its stand-in at the unused end of the mapping, which asks the kernel
 * and adds the offset. x86-64 only.
 */

/** Bytes to write, at their place in the mapping. */
export interface MemoryPatch {
  readonly offset: number;
  readonly bytes: Buffer;
}

const SLOT_BYTES = 64;
/** Where in its slot a stand-in has the offset, on a boundary of its size: it changes in one piece. */
const OFFSET_AT = 24;
/** Where in its slot the bytes are kept that the jump replaced. */
const ORIGINAL_AT = 48;
/** The least that is written over a function's beginning in one piece; the jump is its first five. */
const ENTRY_BYTES = 8;

const JUMP = 0xe9;
const NOP = 0x90;
/** `mov rcx, offset` without the offset. */
const LOAD_OFFSET = "48b9";

/** Code up to the offset, and after it. */
const STAND_INS = [
  {
    name: "__vdso_clock_gettime",
    // eax = clock_gettime(edi, rsi); if it failed, or the clock is none of REALTIME and REALTIME_COARSE: return
    before: `b8e4000000 0f05 85c0 7516 85ff 7405 83ff05 750d ${LOAD_OFFSET}`,
    // [rsi] += rcx; return
    after: "48010e c3",
  },
  {
    name: "__vdso_gettimeofday",
    // eax = gettimeofday(rdi, rsi); if it failed, or nobody wants the time: return
    before: `b860000000 0f05 85c0 7512 4885ff 740d ${LOAD_OFFSET}`,
    // [rdi] += rcx; return
    after: "48010f c3",
  },
  {
    name: "__vdso_time",
    // r8 = rdi; rax = time(0)
    before: `4989f8 31ff b8c9000000 0f05 ${LOAD_OFFSET}`,
    // rax += rcx; if r8: [r8] = rax; return
    after: "4801c8 4d85c0 7403 498900 c3",
  },
] as const;

/** What to write so that a process's clock is so many seconds ahead, 0 for the machine's own; nothing if it is. */
export function clockPatches(image: Buffer, seconds: number): MemoryPatch[] {
  const symbols = functionOffsets(image);
  return STAND_INS.flatMap((standIn, index) => {
    const entry = symbols.get(standIn.name);
    if (entry === undefined) throw new Error(`the kernel's vDSO has no ${standIn.name}`);
    const slot = image.length - SLOT_BYTES * (STAND_INS.length - index);
    const jump = jumpTo(slot, entry);
    const isPatched = image.subarray(entry, entry + jump.length).equals(jump);
    if (seconds === 0) return isPatched ? [{ offset: entry, bytes: original(image, slot) }] : [];
    if (isPatched) return changeOffset(image, slot, seconds);
    if (image.subarray(slot, slot + SLOT_BYTES).some((byte) => byte !== 0) && !isOurs(image, slot, standIn))
      throw new Error("the kernel's vDSO has no room for another clock");
    const start = Buffer.from(image.subarray(entry, entry + ENTRY_BYTES));
    // The stand-in first: nothing may jump to where it is not yet.
    return [
      { offset: slot, bytes: standInCode(standIn, seconds, start) },
      { offset: entry, bytes: Buffer.concat([jump, start.subarray(jump.length)]) },
    ];
  });
}

function changeOffset(image: Buffer, slot: number, seconds: number): MemoryPatch[] {
  const bytes = int64(seconds);
  const offset = slot + OFFSET_AT;
  return image.subarray(offset, offset + bytes.length).equals(bytes) ? [] : [{ offset, bytes }];
}

function original(image: Buffer, slot: number): Buffer {
  return Buffer.from(image.subarray(slot + ORIGINAL_AT, slot + ORIGINAL_AT + ENTRY_BYTES));
}

/** Whether a slot was used before, and given up. */
function isOurs(image: Buffer, slot: number, standIn: (typeof STAND_INS)[number]): boolean {
  const known = standInCode(standIn, 0, Buffer.alloc(0));
  return image.subarray(slot, slot + OFFSET_AT).equals(known.subarray(0, OFFSET_AT));
}

function standInCode({ before, after }: (typeof STAND_INS)[number], seconds: number, start: Buffer): Buffer {
  const code = Buffer.alloc(SLOT_BYTES, NOP);
  const head = Buffer.from(before.replaceAll(" ", ""), "hex");
  head.copy(code, OFFSET_AT - head.length);
  int64(seconds).copy(code, OFFSET_AT);
  Buffer.from(after.replaceAll(" ", ""), "hex").copy(code, OFFSET_AT + 8);
  start.copy(code, ORIGINAL_AT);
  return code;
}

function jumpTo(target: number, from: number): Buffer {
  const jump = Buffer.alloc(5);
  jump.writeUInt8(JUMP, 0);
  jump.writeInt32LE(target - (from + jump.length), 1);
  return jump;
}

function int64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(BigInt(value));
  return bytes;
}

const SECTION_DYNAMIC_SYMBOLS = 11;
const SYMBOL_BYTES = 24;

/** Where the functions of an ELF image begin, by name. */
function functionOffsets(image: Buffer): Map<string, number> {
  const sections = { at: Number(image.readBigUInt64LE(0x28)), bytes: image.readUInt16LE(0x3a) };
  const section = (index: number) => {
    const head = sections.at + index * sections.bytes;
    return {
      type: image.readUInt32LE(head + 4),
      at: Number(image.readBigUInt64LE(head + 0x18)),
      bytes: Number(image.readBigUInt64LE(head + 0x20)),
      link: image.readUInt32LE(head + 0x28),
    };
  };
  const all = Array.from({ length: image.readUInt16LE(0x3c) }, (_, index) => section(index));
  const symbols = all.find(({ type }) => type === SECTION_DYNAMIC_SYMBOLS);
  if (symbols === undefined) return new Map();
  const names = section(symbols.link).at;
  return new Map(
    Array.from({ length: symbols.bytes / SYMBOL_BYTES }, (_, index) => {
      const symbol = symbols.at + index * SYMBOL_BYTES;
      const name = names + image.readUInt32LE(symbol);
      return [image.toString("latin1", name, image.indexOf(0, name)), Number(image.readBigUInt64LE(symbol + 8))];
    }),
  );
}
