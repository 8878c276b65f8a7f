export { cdktfProgram } from "./cdktf-program";
export { proveApplied } from "./prove-applied";
