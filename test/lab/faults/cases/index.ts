import type { FaultCase } from "../case";
import { allOff } from "./all-off";
import { apiLies } from "./api-lies";
import { diskFull } from "./disk-full";
import { emulatorKilled } from "./emulator-killed";
import { devFormation, largeFormation } from "./formation";
import { claimerKilled, claimerPaused, founderTerminated } from "./founders";
import { leaderKilled } from "./leader-killed";
import { lockedRecovery } from "./locked-recovery";
import { managerLostState, workerLostState } from "./lost-state";
import { managersRestarted } from "./managers-restarted";
import { followerTerminated, followerTerminatedOtherDown, leaderTerminated } from "./managers-terminated";
import { onlyManagerLost } from "./only-manager";
import { zoneCutOff } from "./partition";
import { registryGone } from "./registry-gone";
import { rotated } from "./rotation";
import { scaleInWithoutLeader } from "./scale-in";
import { managersScaled } from "./scale-managers";
import { spotNotice } from "./spot";
import { checksFail } from "./status-checks";
import {
  agentsKilled,
  clockAhead,
  demotedByHand,
  deploysInterrupted,
  leaderStopped,
  metadataAway,
  packetsLost,
  registryThrottled,
  rotatedDuringJoin,
} from "./survived";
import { workerKilled } from "./worker-killed";
import { workerRemoved } from "./worker-removed";
import { workerRestarted } from "./worker-restarted";

/** The fault matrix. */
export const CASES: readonly FaultCase[] = [
  devFormation,
  largeFormation,
  claimerKilled,
  claimerPaused,
  founderTerminated,
  onlyManagerLost,
  workerKilled,
  workerRestarted,
  leaderKilled,
  followerTerminated,
  leaderTerminated,
  managersRestarted,
  followerTerminatedOtherDown,
  allOff,
  zoneCutOff,
  apiLies,
  registryGone,
  scaleInWithoutLeader,
  rotated,
  spotNotice,
  checksFail,
  managersScaled,
  diskFull,
  managerLostState,
  workerLostState,
  workerRemoved,
  lockedRecovery,
  leaderStopped,
  packetsLost,
  clockAhead,
  agentsKilled,
  registryThrottled,
  emulatorKilled,
  demotedByHand,
  rotatedDuringJoin,
  deploysInterrupted,
  metadataAway,
];
