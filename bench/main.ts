import { measureJoinSimulation } from "./join-simulation";
import { measureLab } from "./lab";
import { formatMeasurements, isWithinLimit, type Measurement } from "./measurement";
import { measureOriginal } from "./original";
import { measureReplacement } from "./replacement";
import { measureCliStart, measureSynth } from "./start-up";
import { measureTimeToReady } from "./time-to-ready";

/** `npm run bench` measures everything; `npm run bench -- synth join-simulation` some of it; `--json` for machines. */
const PARTS: Readonly<Record<string, () => Promise<readonly Measurement[]>>> = {
  synth: async () => [await measureSynth(), await measureCliStart()],
  "join-simulation": measureJoinSimulation,
  lab: measureLab,
  "time-to-ready": measureTimeToReady,
  replacement: measureReplacement,
  original: measureOriginal,
};

async function main(args: readonly string[]): Promise<number> {
  const asJson = args.includes("--json");
  const chosen = args.filter((arg) => arg !== "--json");
  const unknown = chosen.filter((name) => PARTS[name] === undefined);
  if (unknown.length > 0) {
    console.error(`there is no benchmark ${unknown.join(", ")}; there is ${Object.keys(PARTS).join(", ")}`);
    return 2;
  }
  const results: Record<string, readonly Measurement[]> = {};
  let failed = false;
  for (const [name, measure] of Object.entries(PARTS)) {
    if (chosen.length > 0 && !chosen.includes(name)) continue;
    try {
      const measurements = await measure();
      results[name] = measurements;
      if (!asJson) console.log(formatMeasurements(measurements));
      failed ||= !measurements.every(isWithinLimit);
    } catch (error) {
      console.error(`${name} could not be measured: ${error instanceof Error ? error.message : error}`);
      failed = true;
    }
  }
  if (asJson) console.log(JSON.stringify(results, undefined, 2));
  return failed ? 1 : 0;
}

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
