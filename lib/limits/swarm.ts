import { parseCidr } from "../network/cidr";
import { DEFAULT_DATA_PATH_PORT, SWARM_PORTS } from "./constants";
import { choiceLimit, flagLimit, wholeLimit, withDefault } from "./limit";

/** Prefix length of one overlay network: by default room for 250 tasks. */
export const addressPoolMaskLength = withDefault(wholeLimit(9, 29, 24), 24);

/** UDP port of overlay traffic: Docker takes 1024 to 49151. */
export const dataPathPort = withDefault(wholeLimit(1024, 49151, DEFAULT_DATA_PATH_PORT), DEFAULT_DATA_PATH_PORT);

export const dockerApi = withDefault(choiceLimit(["internal", "none"]), "internal");
export const heartbeatSeconds = withDefault(wholeLimit(1, 60, 5, " of seconds"), 5);

/** Ten years at most; Swarm refuses less than an hour. */
export const certExpiryHours = withDefault(wholeLimit(1, 87600, 2160, " of hours"), 2160);

export const taskHistoryLimit = withDefault(wholeLimit(0, 1000, 5), 5);
export const autolock = withDefault(flagLimit, false);

/** How long a deploy waits for the swarm. */
export const readinessTimeout = withDefault(wholeLimit(60, 7200, 900, " of seconds"), 900);

/** What is wrong with the length of overlay networks beside the pool they are cut from, or nothing. */
export function maskLengthFault(pool: string, mask: number): string | undefined {
  const block = parseCidr(pool);
  if (block === undefined || mask > block.prefix) return undefined;
  return `must leave room for more than one network: networks of /${mask} do not fit into a pool of /${block.prefix}, got ${mask}; write a mask length from ${block.prefix + 1} to 29, or a larger pool`;
}

/** What is wrong with the data path port beside the swarm's other ports, or nothing. */
export function takenPortFault(port: number): string | undefined {
  const taken = SWARM_PORTS.find(({ first, last }) => port >= first && port <= last);
  if (taken === undefined) return undefined;
  return `must be a port the swarm does not use, got ${port}, which is for ${taken.use}; write ${DEFAULT_DATA_PATH_PORT}`;
}
