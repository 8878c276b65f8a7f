import { OperationError } from "../../errors";
import type { AccountInstance } from "../emulator/account-state";
import { instanceCredentials } from "../emulator/credentials";
import {
  type ApiFault,
  type AwsControl,
  clearApiFaults,
  FAULT_MODES,
  FAULT_SERVICES,
  listApiFaults,
  setApiFault,
} from "../front/aws-control";
import { candidates, chooseHosts } from "./choose";
import type { FaultScene } from "./in-effect";
import type { ApiLabFault } from "./records";
import type { ApiFaultRequest } from "./types";

/** Ends the faults of a service, of all of them, or sets one more. */
export async function breakApi(control: AwsControl, request: ApiFaultRequest, scene: FaultScene): Promise<void> {
  const service = oneOf(FAULT_SERVICES, request.service === "all" ? "*" : request.service, "NoSuchService");
  if (request.mode === "well") return await mendService(control, service);
  const { host, action, milliseconds, share, everyone } = request;
  const fault: ApiFault = {
    service,
    mode: oneOf(FAULT_MODES, request.mode, "NoSuchMode"),
    ...(host === undefined ? {} : { caller: keyOf(chooseHosts([host], scene)[0]?.instance) }),
    ...(action === undefined ? {} : { action }),
    ...(milliseconds === undefined ? {} : { milliseconds }),
    ...(share === undefined ? {} : { share }),
    ...(everyone === undefined ? {} : { everyone }),
  };
  await setApiFault(control, fault);
}

/** The faults of the API that are on, with the host that each is for. */
export async function apiFaultsOn(control: AwsControl, scene: FaultScene): Promise<ApiLabFault[]> {
  const faults = await listApiFaults(control);
  const hosts = new Map(candidates(scene).map(({ instance, name }) => [keyOf(instance), name]));
  return faults.map(({ caller, ...fault }) => ({
    kind: "api",
    ...fault,
    ...(caller === undefined ? {} : { host: hosts.get(caller) ?? caller }),
  }));
}

async function mendService(control: AwsControl, service: ApiFault["service"]): Promise<void> {
  const others = (await listApiFaults(control)).filter((fault) => service !== "*" && fault.service !== service);
  await clearApiFaults(control);
  for (const fault of others) await setApiFault(control, fault);
}

/** What a host signs its requests with, which no successor with its address does. */
function keyOf(instance: AccountInstance | undefined): string {
  return instanceCredentials(instance?.id ?? "").accessKeyId;
}

function oneOf<T extends string>(known: readonly T[], value: string, code: "NoSuchService" | "NoSuchMode"): T {
  const found = known.find((one) => one === value);
  if (found !== undefined) return found;
  const list = known.map((one) => (one === "*" ? "all" : one)).join(", ");
  const what = code === "NoSuchMode" ? "mode" : "service";
  throw new OperationError(code, `there is no ${what} ${value}; there are: ${list}`);
}
