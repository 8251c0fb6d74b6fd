import type { Mode, StageTiming, Verdict } from "../contract/decision.ts";
import { toWire } from "./enums.ts";
import { messageEncoder } from "./proto.ts";

/** Numbers of one tick for plots: see schemas/waywarden/v1/recording.proto. */
export type TickFigures = {
  readonly decisionId: number;
  readonly sinceStartS: number;
  readonly mode: Mode;
  readonly verdict: Verdict;
  readonly egoSpeedMps?: number;
  readonly targetSpeedMps: number;
  readonly proposedSpeedMps?: number;
  readonly accelMps2: number;
  readonly accelLimitMps2: number;
  readonly gapM?: number;
  readonly ageMs: number;
  readonly timing: StageTiming;
  readonly obstacleCount: number;
  readonly faultCount: number;
};

const encode = messageEncoder("TickFigures");

export const encodeTickFigures = (figures: TickFigures): Uint8Array =>
  encode({
    ...figures,
    mode: toWire("Mode", figures.mode),
    verdict: toWire("Verdict", figures.verdict),
  });
