import { OperationError } from "../../errors";
import type { BrokenLab } from "./broken-lab";
import { type Candidate, chooseHosts, faultyHost } from "./choose";
import { CLOCK_FAULT, endOf, newFault } from "./records";
import type { FaultRequest } from "./types";

/** Lets the clocks of hosts jump, or puts them right. */
export async function setClocks(
  lab: BrokenLab,
  { hosts, offsetSeconds, seconds }: Extract<FaultRequest, { kind: "clock" }>,
): Promise<Candidate[]> {
  if (process.arch !== "x64")
    throw new OperationError(
      "ClockUnavailable",
      `the lab can set the clocks of hosts on x86-64 only, and this is ${process.arch}`,
    );
  const chosen = chooseHosts(hosts, await lab.look());
  const until = endOf(seconds);
  const added = chosen.map((host) => newFault({ kind: "clock", ...faultyHost(host), offsetSeconds, until }));
  await lab.replace("clock", chosen, offsetSeconds === 0 ? [] : added);
  lab.refuseFailure(CLOCK_FAULT);
  return chosen;
}
