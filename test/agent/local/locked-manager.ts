import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A manager's key file as dockerd 20.10.24 left it in a lab that is long gone. */
export const LOCKED_KEY_FILE = readFileSync(join(__dirname, "fixtures", "locked-manager.key"), "utf8");
/** What `docker swarm unlock-key` said there. */
export const UNLOCK_KEY = "SWMKEY-1-olu0cpnlXjev9LMekhhSf44rKxMCs37ivu9tqirFZco";
/** The key of its Raft log: dockerd started from a file with it, read its log and led the swarm. */
export const LOG_KEY = "EiDo6r0G+J++9oOCRN95i2CquQJoELTg6nPEizD2goXVcQ==";
