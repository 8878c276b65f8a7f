import { App, Testing } from "cdktf";
import { type EnvironmentConfig, parseEnvironment } from "../../lib/config";
import { SwarmStack } from "../../stacks/swarm-stack";
import { SynthesizedStack } from "./synth";

/** What Terraform would read of an environment. Validations have run. */
export function synthEnvironment(config: EnvironmentConfig): SynthesizedStack {
  const app = Testing.stubVersion(new App({ stackTraces: false }));
  const stack = new SwarmStack(app, config.environment, { config, projectDirectory: "/project" });
  const text = Testing.synth(stack, true);
  return new SynthesizedStack(JSON.parse(text), text);
}

/** An environment with everything in it; a test changes what it is about. */
export function fullEnvironment(overrides: Partial<EnvironmentConfig> = {}): EnvironmentConfig {
  const config = parseEnvironment(
    `
    environment: apps
    region: eu-west-1
    network: { cidr: 10.20.0.0/16, availabilityZones: [eu-west-1a, eu-west-1b, eu-west-1c] }
    workers:
      - { name: general, desired: 2, min: 1, max: 6 }
      - { name: batch-1, desired: 0, min: 0, max: 4, labels: { workload: batch } }
    swarm: { autolock: true }
    storage: { efs: {}, rexray: { plugin: rexray/efs, tag: 0.11.4, volumes: [jenkins] } }
    access: [{ description: HTTPS, to: workers, protocol: tcp, port: 443, cidrs: [0.0.0.0/0] }]
    image: { ssmParameter: /acme/ami/swarm-node }
    `,
    "apps.yaml",
  );
  return { ...config, ...overrides };
}
