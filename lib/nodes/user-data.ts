import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Fn, TerraformAsset, TerraformLocal, Token } from "cdktf";
import { Construct } from "constructs";
import { listLimit } from "../limits/limit";
import { show } from "../limits/messages";
import { encodedTwice } from "../limits/user-data";
import { NODE_SETTINGS_PATH, type NodeSettings } from "../registry/node-settings";
import { literals, withPlaceholders } from "../terraform-literal";
import { type Check, items, PropsCheck } from "../validation";
import type { UserDataSnippet } from "./user-data-snippet";

/** AWS's limit, before base64: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html */
export const USER_DATA_LIMIT_BYTES = 16_384;

// The longest value a reference stands for is a file system's DNS name; the others are ids.
const REFERENCE_LENGTH = 64;

const CLOUD_CONFIG = join(__dirname, "user-data.yaml.tpl");
const MULTIPART = join(__dirname, "user-data.mime.tpl");

/** Properties of {@link UserData}. */
export interface UserDataProps {
  /** What the node is told about itself; may refer to resources. */
  readonly settings: NodeSettings;
  /**
   * Further parts, in order. They are known at synth: what a script needs of the cluster is in the settings file.
   *
   * @default - none
   */
  readonly snippets?: readonly UserDataSnippet[];
}

/**
 * User data of a node: a cloud-config that writes the node's settings and starts the agent, and the user's snippets.
 *
 * The settings are a local value of the stack, so that they can be read in what synth writes and in a plan; Terraform
 * puts them into the template, because some of them are known only to it.
 */
export class UserData extends Construct {
  /** What a launch template takes as `user_data`. */
  public readonly base64: string;

  public constructor(scope: Construct, id: string, props: UserDataProps) {
    super(scope, id);
    const snippets = props.snippets ?? [];
    new PropsCheck(this).props(snippets, snippetChecks, ["userDataSnippets"]).throwIfFaulty();
    new PropsCheck(this).add(sizeFault(estimateBytes(props.settings, snippets))).throwIfFaulty();

    const settings = new TerraformLocal(this, "Settings", literals(props.settings));
    const template = new TerraformAsset(this, "Template", { path: CLOUD_CONFIG });
    const cloudConfig = Fn.templatefile(template.path, { path: NODE_SETTINGS_PATH, settings: settings.expression });
    this.base64 = Fn.base64encode(snippets.length === 0 ? cloudConfig : this.multipart(cloudConfig, snippets));
  }

  private multipart(cloudConfig: string, snippets: readonly UserDataSnippet[]): string {
    const parts = new TerraformLocal(
      this,
      "Snippets",
      snippets.map((snippet, index) => ({
        // cloud-init runs scripts in the order of their names, and the agent's start is a script named `runcmd`.
        name: `part-${String(index).padStart(2, "0")}`,
        type: snippet.type,
        // Encoded, a snippet can hold nothing that means something to Terraform or ends its part.
        content: Buffer.from(snippet.text).toString("base64"),
      })),
    );
    const template = new TerraformAsset(this, "MultipartTemplate", { path: MULTIPART });
    return Fn.templatefile(template.path, { cloud_config: cloudConfig, parts: parts.expression });
  }
}

const MAX_SNIPPETS = listLimit(0, 100, "be a list of at most 100 snippets", "[UserDataSnippet.shellScript(…)]");

/** Further parts of a node's user data. */
export const snippetChecks: Check = items(MAX_SNIPPETS, (snippet) => {
  const message = snippetFault(snippet);
  return message === undefined ? [] : [{ path: [], message }];
});

function snippetFault(snippet: unknown): string | undefined {
  if (!isSnippet(snippet)) {
    return `must be a UserDataSnippet, got ${show(snippet)}; write UserDataSnippet.shellScript or cloudConfig`;
  }
  if (typeof snippet.text !== "string" || !Token.isUnresolved(snippet.text)) return snippet.fault();
  return `refers to a resource, which is not known at synth; read what it needs from ${NODE_SETTINGS_PATH} on the node`;
}

// Not instanceof: another copy of the package makes snippets as well.
function isSnippet(value: unknown): value is UserDataSnippet {
  return typeof value === "object" && value !== null && typeof Reflect.get(value, "fault") === "function";
}

function sizeFault(bytes: number): string | undefined {
  if (bytes <= USER_DATA_LIMIT_BYTES) return undefined;
  return (
    `user data must be at most ${USER_DATA_LIMIT_BYTES} bytes, got about ${bytes}; ` +
    "shorten the snippets or labels, or put what does not change into the image"
  );
}

/** Size of the rendered user data, on the safe side. */
export function estimateBytes(settings: NodeSettings, snippets: readonly UserDataSnippet[]): number {
  const encoded = withPlaceholders(encodedTwice(settings), REFERENCE_LENGTH);
  const cloudConfig = templateBytes(CLOUD_CONFIG) + Buffer.byteLength(encoded);
  if (snippets.length === 0) return cloudConfig;
  // The multipart template holds the headers of a snippet and of the cloud-config, so counted for each it is too much.
  const parts = [cloudConfig, ...snippets.map(({ text }) => Buffer.byteLength(text))];
  return parts.reduce((sum, bytes) => sum + templateBytes(MULTIPART) + base64Length(bytes), 0);
}

function base64Length(bytes: number): number {
  return 4 * Math.ceil(bytes / 3);
}

function templateBytes(file: string): number {
  return readFileSync(file).length;
}
