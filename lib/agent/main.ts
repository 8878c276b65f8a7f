import { randomUUID } from "node:crypto";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { AGENT_METRICS_PORT, type NodeSettings } from "../registry/node-settings";
import { Agent, type Ports } from "./agent";
import { Ec2Instances } from "./aws/ec2-instances";
import { InstanceMetadata } from "./aws/imds";
import { AutoScalingHooks } from "./aws/lifecycle-hooks";
import { awsOptions } from "./aws/options";
import { SecretUnlockKeys } from "./aws/secret-unlock-keys";
import { AutoScalingSlotGroups } from "./aws/slot-groups";
import { identify, prepare } from "./boot/prepare";
import { EngineClient } from "./docker/engine-client";
import { EngineDocker } from "./docker/engine-docker";
import { errorText } from "./error-text";
import { DiskStore } from "./local/disk-store";
import { SystemdDocker } from "./local/docker-service";
import { NODE_PATHS } from "./local/paths";
import { SwarmDiskLock } from "./local/swarm-disk-lock";
import { systemClock } from "./local/system-clock";
import { DecisionLog, Log } from "./log";
import { AgentMetrics } from "./metrics/agent-metrics";
import { serveMetrics } from "./metrics/metrics-server";
import type { UnlockKeys } from "./ports";
import { DynamoRegistry } from "./registry/dynamo-registry";
import { loadSettings } from "./settings";
import { AGENT_VERSION } from "./version";
import { together } from "./witness";

// The image brings its own Node.js; which one is no news to its log.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";

const log = new Log((line) => process.stdout.write(line), systemClock.wallTime);
// The AWS SDK warns on the console, which would be lines of another kind in this log.
console.warn = console.error = (...words: readonly unknown[]): void => log.warn("sdk", { message: words.join(" ") });
const metadata = new InstanceMetadata(systemClock.now);
const store = new DiskStore(NODE_PATHS);
const diskLock = new SwarmDiskLock(NODE_PATHS);

function registryOf({ region, table }: NodeSettings): DynamoRegistry {
  return new DynamoRegistry(new DynamoDBClient(awsOptions(region)), table, randomUUID);
}

function unlockKeysOf({ region, unlockKeySecret }: NodeSettings): UnlockKeys | undefined {
  return unlockKeySecret === undefined ? undefined : new SecretUnlockKeys(awsOptions(region), unlockKeySecret);
}

/** Keeps this node a member of its swarm until the machine stops. */
async function run(): Promise<void> {
  const settings = loadSettings();
  const self = await identify({ metadata, clock: systemClock, log });
  const options = awsOptions(settings.region);
  const ports: Ports = {
    clock: systemClock,
    docker: new EngineDocker(new EngineClient(NODE_PATHS.dockerSocket)),
    dockerService: new SystemdDocker(),
    diskLock,
    registry: registryOf(settings),
    instances: new Ec2Instances(options),
    hooks: new AutoScalingHooks(options, settings.autoScalingGroup, self.instanceId),
    slotGroups: new AutoScalingSlotGroups(options),
    unlockKeys: unlockKeysOf(settings),
    metadata,
    store,
    random: Math.random,
  };
  const stop = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => stop.abort());
  const { cluster, role, slot, pool } = settings;
  log.info("started", { version: AGENT_VERSION, cluster, role, slot, pool, ...self });
  const metrics = new AgentMetrics(settings, systemClock.now, process.memoryUsage.rss);
  await showMetrics(metrics);
  await new Agent(ports, settings, self, together(new DecisionLog(log), metrics)).run(stop.signal);
  log.info("stopped");
}

/** A node without metrics is still a node. */
async function showMetrics(metrics: AgentMetrics): Promise<void> {
  try {
    await serveMetrics(AGENT_METRICS_PORT, () => metrics.text());
  } catch (error) {
    log.warn("metrics", { error: errorText(error) });
  }
}

async function main(command: string | undefined): Promise<number> {
  switch (command) {
    case "run":
      await run();
      return 0;
    case "prepare": {
      const settings = loadSettings();
      const registry = registryOf(settings);
      const unlockKeys = unlockKeysOf(settings);
      const local = { paths: NODE_PATHS, metadata, store, diskLock, clock: systemClock, log };
      await prepare({ settings, registry, unlockKeys, ...local });
      return 0;
    }
    case "version":
      process.stdout.write(`${AGENT_VERSION}\n`);
      return 0;
    default:
      process.stderr.write("usage: swarm-node run | prepare | version\n");
      return 2;
  }
}

main(process.argv[2]).then(
  (code) => {
    process.exitCode = code;
    // A request under way must not hold up a shutdown.
    process.exit();
  },
  (error: unknown) => {
    log.warn("failed", { error: errorText(error) });
    process.exit(1);
  },
);
