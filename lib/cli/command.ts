import type { Command } from "commander";
import type { Action } from "./context";

/** Takes the command that was chosen. */
export type Choose = (action: Action, debug: boolean) => void;

/** Options of every command. */
export interface Debug {
  readonly debug?: boolean;
}

/** Adds a command. */
export function command(parent: Command, name: string): Command {
  return parent.command(name).option("--debug", "print the stack of an error");
}
