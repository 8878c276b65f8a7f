import { type ClusterRecord, recordKey } from "../../../lib/registry/records";
import type { Cloud } from "../world/cloud";
import type { World } from "../world/world";
import { type Deed, MINUTE, toMachine, toWorld } from "./deed";

const MOST_MACHINES = 13;

const answers = (mode: Cloud["mode"]): Deed =>
  toWorld((world) => {
    world.cloud.mode = mode;
  });

/** What EC2, Auto Scaling and DynamoDB do, and what is done to them. */
export const AWS = {
  "terminate instance": toMachine((world, machine) => world.terminate(machine)),
  "launch worker": ({ world }) => {
    if (world.machines.length > MOST_MACHINES) return false;
    world.launchWorker();
    return true;
  },
  /** A worker is launched from an image that somebody made of a machine as it ran. */
  "launch from image": ({ world }, target) => {
    const source = world.machines[target % world.machines.length];
    if (world.machines.length > MOST_MACHINES || source === undefined) return false;
    world.launchWorker({ markers: source.markers, swarmState: source.swarmState });
    return true;
  },
  /** The next instances of a slot are launched from such an image. */
  "use image for managers": ({ world }, target) => {
    const source = world.machines[target % world.machines.length];
    if (source === undefined) return false;
    world.image = { markers: source.markers, swarmState: source.swarmState };
    return true;
  },
  /** Somebody has Auto Scaling replace the dead instance of a slot. */
  "replace dead instance": ({ world }) => {
    const dead = deadInSlots(world);
    return dead !== undefined && world.cloud.mode !== "error" && world.cloud.replace(dead) === "done";
  },
  "EC2 error": answers("error"),
  "EC2 empty": answers("empty"),
  "EC2 partial": (run) => {
    run.world.cloud.mode = "partial";
    run.partialSince = run.world.schedule.now;
    return true;
  },
  "EC2 well": answers("well"),
  "EC2 late": toWorld((world, amount) => {
    world.cloud.delay = amount * MINUTE;
  }),
  "registry down": toWorld((world) => {
    world.registryDown = true;
  }),
  "registry up": toWorld((world) => {
    world.registryDown = false;
  }),
  "registry saved": (run) => {
    const { table } = run.world;
    if (table.cluster?.phase !== "ready") return false;
    run.saved = new Map(table.items);
    return true;
  },
  "registry restored": ({ world, saved }) => {
    // Whoever restores what was before a recovery lets the managers back in that were left behind.
    const generation = (saved?.get(recordKey.cluster) as ClusterRecord | undefined)?.generation;
    if (saved === undefined || generation !== world.table.cluster?.generation) return false;
    world.table.items = new Map(saved);
    return true;
  },
} satisfies Record<string, Deed>;

/** What no swarm comes back from by itself. */
export const ENDINGS = {
  "registry emptied": ({ world }) => {
    if (wasRecovered(world)) return false;
    world.table.items = new Map();
    return true;
  },
  "record seeded anew": ({ world }) => {
    const { table } = world;
    if (table.cluster?.phase !== "ready" || wasRecovered(world)) return false;
    table.items.delete(recordKey.cluster);
    table.seed();
    return true;
  },
  destroy: ({ world: { table } }) => {
    if (table.cluster === undefined) return false;
    table.items.set(recordKey.cluster, { ...table.cluster, phase: "destroying", writeId: "by hand" });
    return true;
  },
  /** A newer agent has written the cluster record; the ones there are may only look on. */
  upgrade: ({ world: { table } }) => {
    if (table.cluster === undefined) return false;
    table.items.set(recordKey.cluster, { ...table.cluster, minWriter: 2, writeId: "newer" });
    return true;
  },
} satisfies Record<string, Deed>;

/** Then only the record keeps those out that were left behind. */
function wasRecovered({ table }: World): boolean {
  return (table.cluster?.generation ?? 0) > 0;
}

function deadInSlots({ cloud, slots }: World): string | undefined {
  return Array.from({ length: slots }, (_, slot) => cloud.ofSlot(slot))
    .flat()
    .find(({ isGone }) => isGone)?.self.instanceId;
}
