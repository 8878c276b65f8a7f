import { parseEnvironment } from "../../lib/config";
import { ConfigError, formatFault } from "../../lib/errors";

/** The shortest valid file; tests add to it, from line 7 on. */
export const MINIMAL = `environment: dev
region: us-east-1
network:
  cidr: 10.20.0.0/16
  availabilityZones: [us-east-1a, us-east-1b]
image: { id: ami-0123456789abcdef0 }
`;

/** Every fault of a file `dev.yaml` as `line:column path: message`, or none. */
export function faultsOf(text: string, file = "dev.yaml"): string[] {
  try {
    parseEnvironment(text, file);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.faults.map((fault) => formatFault(fault).slice(`${file}:`.length));
  }
}
