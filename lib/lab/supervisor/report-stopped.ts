import { regionOf } from "../metadata";

/** Version of the EC2 API that the request is written in. */
const EC2_VERSION = "2016-11-15";

/** Tells the emulated EC2 that an instance powered itself off: to AWS that is a stop like one through the API. */
export async function reportStopped(endpoint: string, instanceId: string, availabilityZone: string): Promise<void> {
  const body = new URLSearchParams({ Action: "StopInstances", Version: EC2_VERSION, "InstanceId.1": instanceId });
  const day = new Date().toISOString().slice(0, 10).replaceAll("-", "");
  const scope = `${day}/${regionOf(availabilityZone)}/ec2/aws4_request`;
  const response = await fetch(endpoint, {
    method: "POST",
    // The emulator reads service and region from the scope, and checks no signature.
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=lab/${scope}, SignedHeaders=host, Signature=none`,
      "content-type": "application/x-www-form-urlencoded",
    },
    body,
  });
  if (response.ok) return;
  // It was terminated meanwhile, and the host follows that.
  if ((await response.text()).includes("IncorrectInstanceState")) return;
  throw new Error(`StopInstances answered ${response.status}`);
}
