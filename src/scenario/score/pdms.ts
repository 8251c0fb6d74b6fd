/** Predictive driver model score of NAVSIM, one value 0…1 for a stretch of driving. */

export type PdmsTerms = {
  /** No at-fault collision: 1, ½ with a standing thing, 0 with a road user. */
  readonly noCollision: number;
  /** Drivable area: 1 where no corner left it. */
  readonly drivableArea: number;
  /** Time to collision kept: 1 or 0. */
  readonly timeToCollision: number;
  /** Progress over the progress that was possible, 0…1. */
  readonly progress: number;
  readonly comfort: number;
};

/** PDMS = NC · DAC · (5 EP + 5 TTC + 2 C) / 12. */
export const pdms = (t: PdmsTerms): number =>
  (t.noCollision * t.drivableArea * (5 * t.progress + 5 * t.timeToCollision + 2 * t.comfort)) / 12;

export type EpdmsTerms = PdmsTerms & {
  readonly drivingDirection: number;
  readonly trafficLights: number;
  readonly laneKeeping: number;
  /** Comfort against the history, and between successive plans. */
  readonly historyComfort: number;
  readonly extendedComfort: number;
};

/** EPDMS = NC · DAC · DDC · TLC · (5 EP + 5 TTC + 2 LK + 2 HC + 2 EC) / 16. */
export const epdms = (t: EpdmsTerms): number =>
  (t.noCollision *
    t.drivableArea *
    t.drivingDirection *
    t.trafficLights *
    (5 * t.progress +
      5 * t.timeToCollision +
      2 * t.laneKeeping +
      2 * t.historyComfort +
      2 * t.extendedComfort)) /
  16;

/** Box with a velocity along its heading, m and rad in one frame. */
export type MovingBox = {
  readonly xM: number;
  readonly yM: number;
  readonly yawRad: number;
  readonly lengthM: number;
  readonly widthM: number;
  readonly speedMps: number;
};

/** NAVSIM looks 0.9 s ahead in steps of 0.3 s, at constant speed and heading. */
const TTC_STEPS_S = [0, 0.3, 0.6, 0.9] as const;
/** A standing ego cannot have too short a time to collision. */
const STANDING_MPS = 0.005;

/** Whether ego and another, both going straight on, would touch within 0.9 s; only what lies ahead. */
export function ttcIsShort(
  ego: MovingBox,
  other: MovingBox,
  overlap: (a: MovingBox, b: MovingBox) => boolean,
): boolean {
  if (ego.speedMps < STANDING_MPS) return false;
  const ahead =
    Math.cos(ego.yawRad) * (other.xM - ego.xM) + Math.sin(ego.yawRad) * (other.yM - ego.yM);
  if (ahead < 0) return false;
  return TTC_STEPS_S.some((t) => overlap(movedOn(ego, t), movedOn(other, t)));
}

const movedOn = (box: MovingBox, tS: number): MovingBox => ({
  ...box,
  xM: box.xM + Math.cos(box.yawRad) * box.speedMps * tS,
  yM: box.yM + Math.sin(box.yawRad) * box.speedMps * tS,
});
