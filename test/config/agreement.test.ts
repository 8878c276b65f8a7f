import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, TerraformStack, Testing } from "cdktf";
import fc from "fast-check";
import { expect, test } from "vitest";
import { stringify } from "yaml";
import { SwarmCluster } from "../../lib/cluster";
import { clusterChecks } from "../../lib/cluster/checks";
import { parseEnvironment } from "../../lib/config";
import { ConfigError } from "../../lib/errors";
import { formatPath } from "../../lib/limits/finding";
import { arbitraryConfiguration, type Configuration, propsOf } from "../support/configurations";

/** What only a file can know: that there are no more pools than it has. */
const KNOWN_TO_FILES = /^must be the name of a worker pool of this file/;

/** What a file is refused for, as `path message`. */
function faultsOfFile(data: Configuration): readonly string[] {
  try {
    parseEnvironment(stringify(data), `${String(data["environment"])}.yaml`);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const faults = error.faults.filter(({ message }) => !KNOWN_TO_FILES.test(message));
    return faults.map(({ path, message }) => `${path} ${message}`);
  }
}

/** What the same is refused for in code. */
function faultsOfProps(data: Configuration): readonly string[] {
  return clusterChecks(propsOf(data)).map(({ path, message }) => `${formatPath(path)} ${message}`);
}

function build(data: Configuration): void {
  const stack = new TerraformStack(Testing.stubVersion(new App({ stackTraces: false })), "stack");
  new AwsProvider(stack, "Aws", { region: String(data["region"]) });
  new SwarmCluster(stack, "Swarm", propsOf(data));
}

const SEED = 20_261_130;

test("fails when a file and props of one configuration are not both taken or both refused", () => {
  const verdicts = { taken: 0, refused: 0 };
  fc.assert(
    fc.property(arbitraryConfiguration, (data) => {
      const [file, props] = [faultsOfFile(data), faultsOfProps(data)];

      if (file.length === 0 || props.length === 0) expect({ props }).toEqual({ props: file });
      verdicts[file.length > 0 ? "refused" : "taken"] += 1;
    }),
    { numRuns: 400, seed: SEED },
  );
  // Neither verdict is rare, or the property would say little.
  expect(Math.min(verdicts.taken, verdicts.refused)).toBeGreaterThan(80);
}, 120_000);

test("fails when what is taken cannot be built, or what is refused can", () => {
  fc.assert(
    fc.property(arbitraryConfiguration, (data) => {
      if (faultsOfProps(data).length > 0) expect(() => build(data)).toThrow(/^stack\/Swarm: invalid properties\n- /);
      else expect(() => build(data)).not.toThrow();
    }),
    { numRuns: 20, seed: SEED },
  );
}, 120_000);
