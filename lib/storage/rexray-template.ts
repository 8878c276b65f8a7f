import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

const TEMPLATE = join(__dirname, "rexray.yml.tpl");

/** What the template is filled with; values may refer to resources. */
export interface RexrayVariables {
  readonly region: string;
  /** First part of the names of the file systems REX-Ray takes for its volumes. */
  readonly tag: string;
  /** Security group of the mount targets. */
  readonly security_group_id: string;
}

/** REX-Ray's configuration in its two shapes. */
export interface RexrayConfiguration {
  /** Settings of the managed plugin. */
  readonly settings: Readonly<Record<string, string>>;
  /** Content of `/etc/rexray/config.yml`. */
  readonly config: string;
}

/** Fills the template, whose first document holds the plugin's settings, and whose second the service's file. */
export function renderRexray(variables: RexrayVariables): RexrayConfiguration {
  const text = fill(readFileSync(TEMPLATE, "utf8"), { ...variables });
  const [settings = "", config = ""] = text.split(/^---\n/m);
  return { settings: parse(settings) as Record<string, string>, config };
}

/** Replaces `${name}` by the variable of that name; another name is an error, so that no typing error reaches a node. */
export function fill(template: string, variables: Readonly<Record<string, string>>): string {
  return template.replace(/\$\{([a-z_]+)\}/g, (_, name: string) => {
    const value = variables[name];
    if (value === undefined) throw new Error(`the template names "${name}", which is not among its variables`);
    return value;
  });
}
