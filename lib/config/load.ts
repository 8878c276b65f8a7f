import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { ConfigError, type ConfigFault, OperationError } from "../errors";
import { draftOf } from "../limits/draft";
import { type Finding, formatPath } from "../limits/finding";
import { fillDefaults } from "./defaults";
import { readYaml } from "./document";
import type { EnvironmentConfig } from "./environment";
import { findingsOf } from "./issues";
import { checkRules } from "./rules";
import { type EnvironmentInput, environmentSchema } from "./schema/environment";

/** An environment that has a file. */
export interface EnvironmentFile {
  /** Base name of the file. */
  readonly name: string;
  /** Path of the file, below the folder that was asked for. */
  readonly file: string;
}

const EXTENSIONS = [".yaml", ".yml"];

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
    .filter((entry) => EXTENSIONS.includes(extname(entry)))
    .sort()
    .map((entry) => ({ name: basename(entry, extname(entry)), file: join(folder, entry) }));
}

/**
 * Reads the file of an environment.
 *
 * @throws OperationError with code `EnvironmentNotFound` when there is no such file
 * @throws ConfigError with every fault of the file
 */
export function loadEnvironment(file: string): EnvironmentConfig {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new OperationError("EnvironmentNotFound", `${file} does not exist; ${knownEnvironments(dirname(file))}`, {
      cause: error,
    });
  }
  return parseEnvironment(text, file);
}

function knownEnvironments(folder: string): string {
  const names = listEnvironments(folder).map(({ name }) => name);
  return names.length === 0
    ? `there are no environments in ${folder}`
    : `the environments in ${folder} are ${names.join(", ")}`;
}

function isMissing(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === "ENOENT" || code === "ENOTDIR";
}

/**
 * Reads an environment from the text of its file.
 *
 * @param file path of the file, for faults and for the name that the environment must have
 * @throws ConfigError with every fault of the text
 */
export function parseEnvironment(text: string, file: string): EnvironmentConfig {
  const yaml = readYaml(text);
  const syntax = yaml.faults.map((fault): ConfigFault => ({ file, path: "", ...fault }));
  if (yaml.data === undefined) throw configError(syntax);
  if (yaml.data === null) throw configError([...syntax, emptyFile(file)]);

  const parsed = environmentSchema.safeParse(yaml.data);
  const invalid = parsed.success ? [] : findingsOf(parsed.error.issues);
  const findings = [...invalid, ...checkRules(draftOf<EnvironmentInput>(yaml.data, invalid), file)];
  const faults = [
    ...syntax,
    ...findings.map((finding) => faultOf(finding, yaml.locate(finding.path, finding.at), file)),
  ];
  if (faults.length > 0 || !parsed.success) throw configError(faults);
  return fillDefaults(parsed.data);
}

function emptyFile(file: string): ConfigFault {
  const name = basename(file, extname(file));
  const message = `must describe an environment, got an empty file; write environment: ${name}, region, network and image`;
  return { file, line: 1, column: 1, path: "", message };
}

function faultOf({ path, message }: Finding, position: { line: number; column: number }, file: string): ConfigFault {
  return { file, ...position, path: formatPath(path), message };
}

/** In the order in which they are met when the file is read. */
function configError(faults: readonly ConfigFault[]): ConfigError {
  return new ConfigError(faults.toSorted((a, b) => a.line - b.line || a.column - b.column));
}
