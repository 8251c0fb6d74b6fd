/** Unknown acceleration, m/s² (1 sigma): traffic that moves off or brakes, and emergency braking. */
const ACCEL_QUIET_MPS2 = 3.5;
const ACCEL_LIVELY_MPS2 = 9;
/** From this lean on (mean of normalised innovations) the object brakes, starts or turns. */
const LEAN_LIMIT = 0.9;
const MEMORY_RATIO = 0.7;

/** Constant-velocity filter on the plane: state [x, y, vx, vy], m and m/s, odom. */
export class ConstantVelocityFilter {
  readonly state = new Float64Array(4);
  /** [4, 4] row-major covariance. */
  readonly cov = new Float64Array(16);
  /** Running mean of squared normalised innovations; about 1 where the model fits. */
  misfit = 1;
  #leanX = 0;
  #leanY = 0;
  /** State and covariance at the last sighting, from which predictions start. */
  readonly #keptState = new Float64Array(4);
  readonly #keptCov = new Float64Array(16);

  constructor(x: number, y: number, sigmaM: number, sigmaMps: number) {
    this.state[0] = x;
    this.state[1] = y;
    this.cov[0] = sigmaM * sigmaM;
    this.cov[5] = sigmaM * sigmaM;
    this.cov[10] = sigmaMps * sigmaMps;
    this.cov[15] = sigmaMps * sigmaMps;
    this.keep();
  }

  /** Predictions start from what is known now. */
  keep(): void {
    this.#keptState.set(this.state);
    this.#keptCov.set(this.cov);
  }

  /**
   * State `dtS` after the last `keep`. Always in one step: an acceleration lasts for the whole of a
   * hole; in many small steps it would be drawn anew each time and mostly cancel.
   */
  predict(dtS: number): void {
    this.state.set(this.#keptState);
    this.cov.set(this.#keptCov);
    if (dtS === 0) return;
    const s = this.state;
    const p = this.cov;
    s[0]! += s[2]! * dtS;
    s[1]! += s[3]! * dtS;
    // P ← F P Fᵀ with F = [[I, dt·I], [0, I]]
    for (let j = 0; j < 4; j++) {
      p[j]! += dtS * p[8 + j]!;
      p[4 + j]! += dtS * p[12 + j]!;
    }
    for (let i = 0; i < 4; i++) {
      p[i * 4]! += dtS * p[i * 4 + 2]!;
      p[i * 4 + 1]! += dtS * p[i * 4 + 3]!;
    }
    const lively = Math.hypot(this.#leanX, this.#leanY) > LEAN_LIMIT;
    const q = (lively ? ACCEL_LIVELY_MPS2 : ACCEL_QUIET_MPS2) ** 2;
    const dt = Math.abs(dtS);
    const pp = (q * dt ** 4) / 4;
    const pv = (q * dt ** 3) / 2;
    const vv = q * dt * dt;
    for (let a = 0; a < 2; a++) {
      p[a * 5]! += pp;
      p[a * 4 + a + 2]! += pv;
      p[(a + 2) * 4 + a]! += pv;
      p[(a + 2) * 5]! += vv;
    }
  }

  /** Variance of the position along the unit vector (nx, ny), m². */
  positionVar(nx: number, ny: number): number {
    const p = this.cov;
    return nx * nx * p[0]! + nx * ny * (p[1]! + p[4]!) + ny * ny * p[5]!;
  }

  /**
   * Largest position sigma, m, `dtS` after the last `keep`, for something that may change its
   * velocity by up to `accelMps2` all the while (taken as two sigma).
   */
  positionSigmaAfterM(dtS: number, accelMps2: number): number {
    const p = this.#keptCov;
    const at = (i: number, j: number) =>
      p[i * 4 + j]! +
      dtS * (p[i * 4 + j + 2]! + p[(i + 2) * 4 + j]!) +
      dtS * dtS * p[(i + 2) * 4 + j + 2]!;
    const xx = at(0, 0);
    const yy = at(1, 1);
    const xy = at(0, 1);
    const largest = (xx + yy) / 2 + Math.hypot((xx - yy) / 2, xy);
    const drift = (accelMps2 * dtS * dtS) / 4;
    return Math.sqrt(largest + drift * drift);
  }

  /** Larger of the two velocity sigmas, m/s. */
  get velocitySigmaMps(): number {
    return Math.sqrt(Math.max(this.cov[10]!, this.cov[15]!));
  }

  /** Takes a displacement `offsetM` of the prediction along (nx, ny), measured with `sigmaM`. */
  correct(nx: number, ny: number, offsetM: number, sigmaM: number): void {
    const p = this.cov;
    const s = this.state;
    const h = [0, 0, 0, 0];
    for (let i = 0; i < 4; i++) h[i] = p[i * 4]! * nx + p[i * 4 + 1]! * ny;
    const innovationVar = h[0]! * nx + h[1]! * ny + sigmaM * sigmaM;
    for (let i = 0; i < 4; i++) s[i]! += (h[i]! / innovationVar) * offsetM;
    for (let i = 0; i < 4; i++)
      for (let j = 0; j < 4; j++) p[i * 4 + j]! -= (h[i]! * h[j]!) / innovationVar;
    const normal = offsetM / Math.sqrt(innovationVar);
    const bounded = Math.max(-3, Math.min(3, normal));
    this.misfit = MEMORY_RATIO * this.misfit + (1 - MEMORY_RATIO) * Math.min(normal * normal, 16);
    const lean = (1 - MEMORY_RATIO) * bounded;
    this.#leanX = this.#leanX * (1 - (1 - MEMORY_RATIO) * nx * nx) + lean * nx;
    this.#leanY = this.#leanY * (1 - (1 - MEMORY_RATIO) * ny * ny) + lean * ny;
  }
}
