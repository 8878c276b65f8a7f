/** Name of the service that must outlive every fault, and of all that belongs to it. */
export const SERVICE = "ledger";
