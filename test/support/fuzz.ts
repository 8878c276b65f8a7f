const number = (name: string, otherwise: number) => Number(process.env[name] ?? otherwise);

/** How much is tried, and from which seed: a sample in the unit tier, all of it by `npm run test:fuzz`. */
export const fuzz = {
  seed: number("FUZZ_SEED", 20),
  files: number("FUZZ_FILES", 40),
  props: number("FUZZ_PROPS", 12),
  schemas: number("FUZZ_SCHEMAS", 150),
  timeout: number("FUZZ_TIMEOUT_SECONDS", 300) * 1000,
};
