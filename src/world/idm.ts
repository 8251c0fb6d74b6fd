/** Parameters of one driver of the intelligent driver model (Treiber). */
export type IdmDriver = {
  readonly timeGapS: number;
  readonly standstillGapM: number;
  readonly accelMaxMps2: number;
  readonly comfortDecelMps2: number;
};

/**
 * Improved IDM acceleration, m/s²: the gap that it settles at is standstillGap + timeGap · v also
 * near the desired speed. `gapM` is bumper to bumper, Infinity without a leader. Not below −9.
 */
export function idmAccel(
  driver: IdmDriver,
  speedMps: number,
  desiredMps: number,
  gapM: number,
  leaderMps: number,
): number {
  const { accelMaxMps2: a, comfortDecelMps2: b } = driver;
  const v0 = Math.max(desiredMps, 0.1);
  const ratio = speedMps / v0;
  const free =
    ratio <= 1 ? a * (1 - ratio ** 4) : -b * (1 - Math.max(ratio, 1e-3) ** -((a * 4) / b));
  if (gapM === Number.POSITIVE_INFINITY) return free;
  const closing = speedMps * (speedMps - leaderMps);
  const wanted =
    driver.standstillGapM +
    Math.max(0, driver.timeGapS * speedMps + closing / (2 * Math.sqrt(a * b)));
  const z = wanted / Math.max(gapM, 0.05);
  let accel: number;
  if (ratio <= 1)
    accel = z >= 1 ? a * (1 - z * z) : free * (1 - z ** ((2 * a) / Math.max(free, 0.01)));
  else accel = z >= 1 ? free + a * (1 - z * z) : free;
  return Math.max(accel, -9);
}
