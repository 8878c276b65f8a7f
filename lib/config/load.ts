import { basename, dirname } from "node:path";
import { ConfigError, type ConfigFault, OperationError } from "../errors";
import { draftOf } from "../limits/draft";
import { type Finding, formatPath } from "../limits/finding";
import { Written } from "../limits/messages";
import { fillDefaults } from "./defaults";
import { readYaml, type YamlFile } from "./document";
import type { EnvironmentConfig } from "./environment";
import { environmentName, isMissing, listEnvironments, readText } from "./environment-files";
import { findingsOf } from "./issues";
import { checkRules } from "./rules";
import { type EnvironmentInput, environmentSchema } from "./schema/environment";

/** Most faults of one file that are told: whoever gets more has to look at the file as a whole. */
const MOST_FAULTS = 500;

/** An environment, and where in its file a value stands. */
export interface LocatedEnvironment {
  readonly file: string;
  readonly config: EnvironmentConfig;
  readonly locate: YamlFile["locate"];
}

/**
 * Reads the file of an environment.
 *
 * @throws OperationError with code `EnvironmentNotFound` when there is no such file
 * @throws ConfigError with every fault of the file
 */
export function loadEnvironment(file: string): EnvironmentConfig {
  return locateEnvironment(file).config;
}

/** {@link loadEnvironment}, with the places of the values. */
export function locateEnvironment(file: string): LocatedEnvironment {
  let text: string;
  try {
    text = readText(file);
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new OperationError("EnvironmentNotFound", `${file} does not exist; ${knownEnvironments(dirname(file))}`, {
      cause: error,
    });
  }
  return parse(text, file);
}

function knownEnvironments(folder: string): string {
  const names = listEnvironments(folder).map(({ name }) => name);
  return names.length === 0
    ? `there are no environments in ${folder}`
    : `the environments in ${folder} are ${names.join(", ")}`;
}

/**
 * Reads an environment from the text of its file.
 *
 * @param file path of the file, for faults and for the name that the environment must have
 * @throws ConfigError with every fault of the text
 */
export function parseEnvironment(text: string, file: string): EnvironmentConfig {
  return parse(text, file).config;
}

function parse(text: string, file: string): LocatedEnvironment {
  const yaml = readYaml(text);
  const syntax = yaml.faults.map((fault): ConfigFault => ({ file, path: "", ...fault }));
  if (yaml.data === undefined) throw configError(syntax, file);
  if (yaml.data === null) throw configError([...syntax, emptyFile(file)], file);

  const { parsed, invalid } = check(yaml);
  const findings = [...invalid, ...checkRules(draftOf<EnvironmentInput>(yaml.data, invalid), file)];
  const faults = [
    ...syntax,
    ...findings.map((finding) => faultOf(finding, yaml.locate(finding.path, finding.at), file)),
  ];
  if (faults.length > 0 || !parsed.success) throw configError(faults, file);
  return { file, config: fillDefaults(parsed.data), locate: yaml.locate };
}

/** What the schema says of a file. */
function check(yaml: YamlFile) {
  const parsed = environmentSchema.safeParse(yaml.data);
  const invalid = findingsOf(parsed.error?.issues ?? [], yaml.data);
  const written = invalid.flatMap(({ path }) => {
    const text = yaml.written(path);
    return text === undefined ? [] : { path, text };
  });
  if (written.length === 0) return { parsed, invalid };
  // What is said of a number is said of its digits as they stand there, so it is asked once more with them.
  const data = structuredClone(yaml.data);
  for (const { path, text } of written) replace(data, path, new Written(text));
  const asWritten = findingsOf(environmentSchema.safeParse(data).error?.issues ?? [], data);
  const messages = new Map(asWritten.map(({ path, message }) => [formatPath(path), message]));
  const replaced = new Set(written.map(({ path }) => formatPath(path)));
  return {
    parsed,
    invalid: invalid.map((finding) => {
      const path = formatPath(finding.path);
      return { ...finding, message: (replaced.has(path) ? messages.get(path) : undefined) ?? finding.message };
    }),
  };
}

function replace(data: unknown, path: Finding["path"], value: unknown): void {
  const parent = path.slice(0, -1).reduce((at, segment) => (at as Record<PropertyKey, unknown>)[segment], data);
  (parent as Record<PropertyKey, unknown>)[path.at(-1) as PropertyKey] = value;
}

function emptyFile(file: string): ConfigFault {
  const message = `must describe an environment, got an empty file; write environment: ${environmentName(file)}, region, network and image`;
  return { file, line: 1, column: 1, path: "", message };
}

function faultOf({ path, message }: Finding, position: { line: number; column: number }, file: string): ConfigFault {
  return { file, ...position, path: formatPath(path), message };
}

/** In the order in which they are met when the file is read. */
function configError(faults: readonly ConfigFault[], file: string): ConfigError {
  const sorted = faults.toSorted((a, b) => a.line - b.line || a.column - b.column);
  const more = sorted[MOST_FAULTS];
  if (more === undefined) return new ConfigError(sorted);
  const message = `has ${sorted.length - MOST_FAULTS} more faults from here on; mend those before it first, or see whether ${basename(file)} is the right file`;
  return new ConfigError([...sorted.slice(0, MOST_FAULTS), { ...more, path: "", message }]);
}
