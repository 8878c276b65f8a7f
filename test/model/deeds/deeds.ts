import { AWS, ENDINGS } from "./aws";
import { MACHINES } from "./machines";
import { OPERATOR } from "./operator";
import { SLOTS } from "./slots";
import { TIME } from "./time";

/** Everything that may be done to a world between two steps of its agents. */
export const DEEDS = { ...TIME, ...MACHINES, ...AWS, ...OPERATOR, ...SLOTS, ...ENDINGS };

export type CommandName = keyof typeof DEEDS;

export const COMMANDS = Object.keys(DEEDS) as readonly CommandName[];
