import { sameDirectionMinM } from "../../safety/rss.ts";

/** Parameters of the operating table (docs/safety.md): what the service drives with. */
const RESPONSE_S = 0.5;
const BRAKE_MIN_MPS2 = 4;
const BRAKE_MAX_MPS2 = 8;
const STANDSTILL_GAP_M = 1;

/** true where the gap to a lead is not above the RSS distance; ego accelerates as it does now. */
export function violatesRss(
  gapM: number,
  egoMps: number,
  egoAccelMps2: number,
  leadMps: number,
): boolean {
  const rear = {
    speedMps: Math.max(0, egoMps),
    responseS: RESPONSE_S,
    accelMps2: Math.min(2, Math.max(0, egoAccelMps2)),
    brakeMps2: BRAKE_MIN_MPS2,
  };
  return gapM <= sameDirectionMinM(rear, Math.max(0, leadMps), BRAKE_MAX_MPS2, STANDSTILL_GAP_M);
}
