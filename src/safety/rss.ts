/**
 * Responsibility-Sensitive Safety (arXiv 1708.06374): distances, SI units, brakes as positive
 * numbers b. Pure functions; an input outside its domain is a RangeError, never a number.
 */

const refuse = (name: string, expected: string, found: number): never => {
  throw new RangeError(`rss: ${name} ${expected} expected, found ${found}`);
};
const needAtLeastZero = (name: string, value: number): void => {
  if (!(Number.isFinite(value) && value >= 0)) refuse(name, "finite and ≥ 0", value);
};
const needPositive = (name: string, value: number): void => {
  if (!(Number.isFinite(value) && value > 0)) refuse(name, "finite and > 0", value);
};
const needFinite = (name: string, value: number): void => {
  if (!Number.isFinite(value)) refuse(name, "finite", value);
};

export type Travel = { distanceM: number; speedMps: number };

/**
 * Distance and speed after `timeS` of constant acceleration, with the speed held between 0 and
 * `speedMaxMps` (Infinity: no limit). A speed already above the limit is kept.
 */
export function limitedTravel(
  speedMps: number,
  speedMaxMps: number,
  accelMps2: number,
  timeS: number,
): Readonly<Travel> {
  const out = { distanceM: 0, speedMps: 0 };
  limitedTravelInto(out, speedMps, speedMaxMps, accelMps2, timeS);
  return out;
}

/** As limitedTravel, without a new object. */
export function limitedTravelInto(
  out: Travel,
  speedMps: number,
  speedMaxMps: number,
  accelMps2: number,
  timeS: number,
): void {
  needAtLeastZero("speed", speedMps);
  needAtLeastZero("time", timeS);
  needFinite("acceleration", accelMps2);
  if (!(speedMaxMps >= 0)) refuse("speed limit", "≥ 0", speedMaxMps);
  const endMps = Math.min(
    Math.max(speedMaxMps, speedMps),
    Math.max(0, speedMps + accelMps2 * timeS),
  );
  const gainMps = endMps - speedMps;
  const rampS = gainMps === 0 ? 0 : gainMps / accelMps2;
  out.distanceM = speedMps * timeS + 0.5 * accelMps2 * rampS * rampS + gainMps * (timeS - rampS);
  out.speedMps = endMps;
}

/** v² / 2b, m. */
export function stoppingDistance(speedMps: number, brakeMps2: number): number {
  needAtLeastZero("speed", speedMps);
  needPositive("brake", brakeMps2);
  return (speedMps * speedMps) / (2 * brakeMps2);
}

/** How one vehicle moves until it stands: accelerates for the response time, then brakes. */
export type Responder = {
  readonly speedMps: number;
  readonly responseS: number;
  readonly accelMps2: number;
  readonly brakeMps2: number;
  /** Left out: no limit. */
  readonly speedMaxMps?: number;
};

/** D(v; ρ, a, b): accelerated travel during the response time, then braking to standstill, m. */
export function statedBraking(r: Responder): number {
  const { distanceM, speedMps } = limitedTravel(
    r.speedMps,
    r.speedMaxMps ?? Number.POSITIVE_INFINITY,
    r.accelMps2,
    r.responseS,
  );
  return distanceM + stoppingDistance(speedMps, r.brakeMps2);
}

/** d_min behind a lead that may brake with `leadBrakeMps2`: max(0, D(rear) − v_f²/2b_max) + d0. */
export function sameDirectionMinM(
  rear: Responder,
  leadSpeedMps: number,
  leadBrakeMps2: number,
  standstillGapM: number,
): number {
  needAtLeastZero("standstill gap", standstillGapM);
  const leadM = stoppingDistance(leadSpeedMps, leadBrakeMps2);
  return Math.max(0, statedBraking(rear) - leadM) + standstillGapM;
}

/** d_min to oncoming traffic: both stop before they meet. */
export function oppositeMinM(
  correct: Responder,
  other: Responder,
  correctGapM: number,
  otherGapM: number,
): number {
  needAtLeastZero("standstill gap", correctGapM);
  needAtLeastZero("standstill gap", otherGapM);
  return statedBraking(correct) + statedBraking(other) + Math.max(correctGapM, otherGapM);
}

/** Lateral motion of one car; + is rightwards. `marginM` is μ, the fluctuation it is allowed. */
export type LateralMover = {
  readonly speedMps: number;
  readonly responseS: number;
  readonly accelMaxMps2: number;
  readonly brakeMinMps2: number;
  readonly marginM: number;
};

/** L(v, ρ, a, b) towards the other car; `sign` +1 for the left car, −1 for the right one. */
function lateralReachM(m: LateralMover, sign: 1 | -1): number {
  needFinite("lateral speed", m.speedMps);
  needAtLeastZero("response time", m.responseS);
  needAtLeastZero("lateral acceleration", m.accelMaxMps2);
  needPositive("lateral brake", m.brakeMinMps2);
  needAtLeastZero("lateral margin", m.marginM);
  const towardsMps = sign * m.speedMps;
  const endMps = towardsMps + m.accelMaxMps2 * m.responseS;
  const responseM = towardsMps * m.responseS + 0.5 * m.accelMaxMps2 * m.responseS ** 2;
  return responseM + (endMps > 0 ? (endMps * endMps) / (2 * m.brakeMinMps2) : 0);
}

/** Least lateral distance between a left and a right car, edge to edge. */
export function lateralMinM(left: LateralMover, right: LateralMover): number {
  const reachM = lateralReachM(left, 1) + lateralReachM(right, -1);
  return Math.max(0, reachM + 0.5 * (left.marginM + right.marginM));
}

/** Strictly greater: a gap of exactly d_min is unsafe. */
export function isGapSafe(gapM: number, minM: number): boolean {
  needAtLeastZero("gap", gapM);
  needAtLeastZero("least gap", minM);
  return gapM > minM;
}

/** D(v) + d0 < distance to the line. */
export function stopsBeforeLine(r: Responder, standstillGapM: number, lineM: number): boolean {
  needAtLeastZero("standstill gap", standstillGapM);
  return isGapSafe(lineM, statedBraking(r) + standstillGapM);
}

/**
 * Largest acceleration during the response time after which the vehicle still stops within
 * `roomM`: the inverse of D in a. −Infinity where even a = −v/ρ needs more.
 */
export function accelForRoom(
  speedMps: number,
  responseS: number,
  brakeMps2: number,
  roomM: number,
): number {
  needAtLeastZero("speed", speedMps);
  needPositive("response time", responseS);
  needPositive("brake", brakeMps2);
  needFinite("room", roomM);
  // u = v + aρ solves u²/2b + ½ρu + ½ρv = room.
  const leftM = roomM - 0.5 * responseS * speedMps;
  if (leftM < 0) return Number.NEGATIVE_INFINITY;
  const half = responseS / 2;
  const endMps = brakeMps2 * (Math.sqrt(half * half + (2 * leftM) / brakeMps2) - half);
  return (endMps - speedMps) / responseS;
}
