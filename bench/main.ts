import { measureLab } from "./lab";
import { formatMeasurements, isWithinLimit, type Measurement } from "./measurement";
import { measureCliStart, measureSynth } from "./start-up";

/** `npm run bench`: everything that has a limit; `npm run bench -- synth` or `-- lab` for a part. */
const PARTS: Readonly<Record<string, () => Promise<readonly Measurement[]>>> = {
  synth: async () => [await measureSynth(), await measureCliStart()],
  lab: measureLab,
};

async function main(chosen: readonly string[]): Promise<number> {
  const unknown = chosen.filter((name) => PARTS[name] === undefined);
  if (unknown.length > 0) {
    console.error(`there is no benchmark ${unknown.join(", ")}; there is ${Object.keys(PARTS).join(", ")}`);
    return 2;
  }
  let failed = false;
  for (const [name, measure] of Object.entries(PARTS)) {
    if (chosen.length > 0 && !chosen.includes(name)) continue;
    try {
      const measurements = await measure();
      console.log(formatMeasurements(measurements));
      failed ||= !measurements.every(isWithinLimit);
    } catch (error) {
      console.error(`${name} could not be measured: ${error instanceof Error ? error.message : error}`);
      failed = true;
    }
  }
  return failed ? 1 : 0;
}

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
