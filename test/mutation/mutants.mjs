// The mutants of the rooms under test, as Stryker's own instrumenter makes them, and a seeded sample of them.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { Instrumenter } from "@stryker-mutator/instrumenter";

/** Constructs, configuration with its limits, the agent's decisions, operations and security. */
const ROOMS = [
  "agent/decide",
  "cluster",
  "config",
  "limits",
  "network",
  "nodes",
  "operations",
  "registry",
  "security",
  "storage",
];

const silent = { isDebugEnabled: () => false, debug: () => {}, info: () => {}, warn: () => {} };

/** Every mutant of the rooms: its file, its place there, what stands there and what would stand there instead. */
export async function listMutants() {
  const files = ROOMS.flatMap((room) => {
    const sources = readdirSync(join("lib", room), { recursive: true }).filter((name) => name.endsWith(".ts"));
    return sources.sort().map((name) => ({ name: join("lib", room, name), mutate: true }));
  });
  const mutants = [];
  for (const file of files) {
    const content = readFileSync(file.name, "utf8");
    const options = { plugins: null, excludedMutations: [], ignorers: [] };
    const made = await new Instrumenter(silent).instrument([{ ...file, content }], options);
    mutants.push(...made.mutants.map((mutant) => described(mutant, content)));
  }
  return mutants;
}

/**
 * As many mutants as `size` says, by the order of a hash of the seed and of what each mutant changes. Where it stands is
 * not hashed, so that a change of code changes the sample there and nowhere else.
 */
export function draw(mutants, seed, size) {
  const seen = new Map();
  const ranked = mutants.map((mutant) => {
    const change = [mutant.file, mutant.line, mutant.mutator, mutant.original, mutant.replacement].join("\n");
    const nth = seen.get(change) ?? 0;
    seen.set(change, nth + 1);
    return { mutant, rank: createHash("sha256").update(`${seed}\n${nth}\n${change}`).digest("hex") };
  });
  ranked.sort((one, other) => (one.rank < other.rank ? -1 : 1));
  return ranked.slice(0, size).map(({ mutant }) => mutant);
}

/** Tells a mutant from all others of a run, from Stryker's description of it. */
export function identityOf({ fileName, location: { start, end }, mutatorName, replacement }) {
  const file = relative(process.cwd(), resolve(fileName));
  return `${file}:${start.line}:${start.column}-${end.line}:${end.column} ${mutatorName} ${replacement}`;
}

function described(mutant, content) {
  const { fileName: file, location, mutatorName: mutator, replacement } = mutant;
  const lines = content.split("\n");
  const offset = ({ line, column }) => lines.slice(0, line).reduce((sum, { length }) => sum + length + 1, column);
  const oneLine = (text) => text.replaceAll(/\s+/g, " ").trim();
  return {
    identity: identityOf(mutant),
    file,
    location,
    mutator,
    /** The line it begins in, which tells two mutants of one text apart where their numbers would not last. */
    line: oneLine(lines[location.start.line]),
    original: oneLine(content.slice(offset(location.start), offset(location.end))),
    replacement: oneLine(replacement),
  };
}
