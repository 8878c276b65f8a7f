import { askEmulator, EmulatorRefusal } from "../emulator/emulator-api";
import { regionOf } from "../metadata/metadata";

/** Tells the emulated EC2 that an instance powered itself off: to AWS that is a stop like one through the API. */
export async function reportStopped(endpoint: string, instanceId: string, availabilityZone: string): Promise<void> {
  const region = regionOf(availabilityZone);
  const parameters = { "InstanceId.1": instanceId };
  try {
    await askEmulator(endpoint, { service: "ec2", region, action: "StopInstances", parameters });
  } catch (error) {
    // It was terminated meanwhile, and the host follows that.
    if (!(error instanceof EmulatorRefusal && error.awsCode === "IncorrectInstanceState")) throw error;
  }
}
