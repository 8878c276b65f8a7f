import type { Finding } from "../limits/finding";
import { textLimit } from "../limits/limit";
import { show } from "../limits/messages";
import { poolName } from "../limits/names";
import * as limits from "../limits/nodes";
import { type Check, entries, fields, known, optional, together } from "../validation";
import type { MachineImage } from "./machine-image";
import { snippetChecks } from "./user-data";

const deviceName = textLimit({
  pattern: /^\/dev\/[a-z0-9]{2,32}$/,
  must: "be the name of a device",
  example: "/dev/xvda",
});

const machineFields = {
  instanceType: optional(limits.instanceType),
  rootVolumeSizeGiB: optional(limits.rootVolumeSizeGiB),
  rootDeviceName: optional(deviceName),
  userDataSnippets: optional(snippetChecks),
};

/** What the machines of a group of nodes are like. */
export const machineChecks: Check = fields(machineFields);

const managerFields = { ...machineFields, count: optional(known(limits.managerCount)) };

/** What the managers of a cluster are like. */
export const managerChecks: Check = fields(managerFields);

const poolFields = {
  ...machineFields,
  desired: optional(known(limits.poolSize(2))),
  min: optional(known(limits.poolSize(1))),
  max: optional(known(limits.poolSize(6))),
  labels: optional(entries(limits.labels)),
};

/** A pool of workers, without the sizes beside each other. */
export const namedPoolChecks: Check = fields({ name: known(poolName), ...poolFields });

/** What nodes boot. */
export const imageChecks: Check = (image) => {
  if (isImage(image)) return image.findings();
  const got =
    image === undefined ? "is missing: it must be a MachineImage" : `must be a MachineImage, got ${show(image)}`;
  return [{ path: [], message: `${got}; write MachineImage.fromId("ami-…"), fromSsmParameter or fromName` }];
};

/** Why machines cannot boot an image, or nothing. */
export function bootFindings(image: unknown, instanceType: unknown): readonly Finding[] {
  if (!isImage(image) || !["string", "undefined"].includes(typeof instanceType)) return [];
  const message = image.fault({ instanceType: instanceType as string | undefined });
  return message === undefined ? [] : [{ path: [], message }];
}

/** Properties of a `WorkerPool`. */
export const workerPoolChecks: Check = together<limits.PoolSizes>(
  fields({ name: known(poolName), image: imageChecks, ...poolFields }),
  (draft, props) => [...limits.poolSizeFindings(draft), ...bootFindings(props["image"], props["instanceType"])],
);

/** Properties of a `ManagerGroup`. */
export const managerGroupChecks: Check = together(fields({ image: imageChecks, ...managerFields }), (_, props) =>
  bootFindings(props["image"], props["instanceType"]),
);

// Not instanceof: another copy of the package makes images as well.
function isImage(value: unknown): value is MachineImage {
  if (typeof value !== "object" || value === null) return false;
  return ["bind", "fault", "findings"].every((method) => typeof Reflect.get(value, method) === "function");
}
