import type { Fault, FaultCode } from "../contract/fault.ts";
import type { EgoState } from "../contract/observation.ts";
import type { Se3 } from "../contract/se3.ts";
import { compose, IDENTITY, invert, yawOf } from "../geometry/se3.ts";
import { FIT_WINDOW_US, motionOf, type PoseSample } from "./ego-motion.ts";
import type { FixMessage } from "./foxglove-decode.ts";
import { HOLE_US, type TfTree } from "./tf-tree.ts";

const EARTH_RADIUS_M = 6_371_000;
/** Beyond these no road vehicle moves: the poses jumped. */
const SPEED_MAX_MPS = 90;
const ACCEL_MAX_MPS2 = 15;
const YAW_RATE_MAX_RADPS = 3;
/** Fewer positions than this give no speed that another one could be held against. */
const FIXES_MIN = 4;
/** An ego state older than this many of its own periods is stale (contract/fault.ts). */
const STALE_PERIODS = 2.5;

/** How ego moves, from poses, else from GPS positions, else from what the user says. */
export class EgoTrack {
  readonly #tf: TfTree;
  readonly #overrideMps: number | undefined;
  readonly #fixes: PoseSample[] = [];
  #origin: FixMessage | undefined;

  constructor(tf: TfTree, overrideMps?: number) {
    this.#tf = tf;
    this.#overrideMps = overrideMps;
  }

  /** Adds a GPS position; used only as long as no pose of ego is known. */
  addFix(fix: FixMessage, stampUs: number): void {
    this.#origin ??= fix;
    const east = (fix.longitudeRad - this.#origin.longitudeRad) * Math.cos(fix.latitudeRad);
    const xM = east * EARTH_RADIUS_M;
    const yM = (fix.latitudeRad - this.#origin.latitudeRad) * EARTH_RADIUS_M;
    this.#fixes.push({ stampUs, xM, yM });
    if (this.#fixes.length > 1000) this.#fixes.splice(0, 500);
  }

  /**
   * ego at tickUs <- ego at stampUs, from what was stamped up to asOfUs. Undefined where poses
   * exist and have a hole; without any pose the speed override moves ego straight on, else it
   * is taken to stand (and EGO_MISSING says that nothing is known).
   */
  egoTickFromEgo(tickUs: number, stampUs: number, asOfUs: number): Se3 | undefined {
    if (tickUs === stampUs) return IDENTITY;
    const tf = this.#tf;
    const fixed = tf.fixedFrame();
    if (fixed === undefined) {
      const aheadM = ((stampUs - tickUs) / 1e6) * (this.#overrideMps ?? 0);
      return aheadM === 0 ? IDENTITY : { r: IDENTITY.r, t: [aheadM, 0, 0] };
    }
    const fixedFromEgoTick = tf.lookup(fixed, tf.egoFrame, tickUs, asOfUs);
    const fixedFromEgo = tf.lookup(fixed, tf.egoFrame, stampUs, asOfUs);
    if (!fixedFromEgoTick || !fixedFromEgo) return undefined;
    return compose(invert(fixedFromEgoTick), fixedFromEgo);
  }

  /** The ego state at a tick, or none, with the fault that says why. */
  stateAt(tickUs: number, asOfUs: number): { readonly ego?: EgoState; readonly fault?: Fault } {
    const fixed = this.#tf.fixedFrame();
    const odomFromEgo = fixed && this.#tf.lookup(fixed, this.#tf.egoFrame, tickUs, asOfUs);
    const pose = odomFromEgo ? { odomFromEgo } : {};
    const samples = this.#samples(fixed, tickUs, asOfUs);
    const newestUs = samples.at(-1)?.stampUs;
    const fault = (code: FaultCode, detail: string) => ({
      fault: { code, detail, stampUs: tickUs, source: "ego" },
    });
    const motion =
      newestUs !== undefined && tickUs - newestUs <= HOLE_US ? motionOf(samples) : undefined;
    if (!motion) {
      if (this.#overrideMps !== undefined) {
        const speedMps = this.#overrideMps;
        const still = { accelMps2: 0, yawRateRadps: 0, derived: true };
        return { ego: { stampUs: tickUs, speedMps, ...still, ...pose } };
      }
      const found = newestUs === undefined ? "no pose" : `${samples.length} from ${newestUs}`;
      return fault("EGO_MISSING", `two poses of ${this.#tf.egoFrame} within 0.3 s, found ${found}`);
    }
    const possible =
      Math.abs(motion.speedMps) <= SPEED_MAX_MPS &&
      Math.abs(motion.accelMps2) <= ACCEL_MAX_MPS2 &&
      Math.abs(motion.yawRateRadps) <= YAW_RATE_MAX_RADPS;
    if (!possible)
      return fault(
        "EGO_INVALID",
        `at most ${SPEED_MAX_MPS} m/s, ${ACCEL_MAX_MPS2} m/s², ${YAW_RATE_MAX_RADPS} rad/s expected, ` +
          `found ${motion.speedMps.toFixed(1)}, ${motion.accelMps2.toFixed(1)}, ` +
          `${motion.yawRateRadps.toFixed(2)} from poses`,
      );
    const second = fixed === undefined ? undefined : this.#speedOfFixes(tickUs, asOfUs);
    const ego: EgoState = { ...motion, derived: true, ...(second ?? {}), ...pose };
    const ageUs = tickUs - motion.stampUs;
    const periodUs = motion.stampUs - samples.at(-2)!.stampUs;
    if (ageUs <= STALE_PERIODS * periodUs) return { ego };
    return {
      ego,
      ...fault("EGO_STALE", `a pose at most ${STALE_PERIODS} × ${periodUs} µs old, found ${ageUs}`),
    };
  }

  /** Beside poses, GPS positions are the second source of speed that S06 compares. */
  #speedOfFixes(tickUs: number, asOfUs: number): Pick<EgoState, "secondSpeed"> | undefined {
    const fixes = this.#fixesUpTo(tickUs, asOfUs);
    const motion = fixes.length < FIXES_MIN ? undefined : motionOf(fixes);
    return motion && { secondSpeed: { speedMps: motion.speedMps, source: "GPS positions" } };
  }

  /** Those of the fit window that ends at the newest one up to asOfUs. */
  #fixesUpTo(tickUs: number, asOfUs: number): PoseSample[] {
    const fromUs = tickUs - FIT_WINDOW_US - HOLE_US;
    return this.#fixes.filter((s) => s.stampUs > fromUs && s.stampUs <= asOfUs);
  }

  /** Samples of the fit window that ends at the newest sample up to asOfUs. */
  #samples(fixed: string | undefined, tickUs: number, asOfUs: number): PoseSample[] {
    if (fixed === undefined) return this.#fixesUpTo(tickUs, asOfUs);
    const fromUs = tickUs - FIT_WINDOW_US - HOLE_US;
    const tf = this.#tf;
    return tf.egoStampsUs(fromUs, asOfUs).flatMap((stampUs) => {
      const pose = tf.lookup(fixed, tf.egoFrame, stampUs, asOfUs);
      return pose ? [{ stampUs, xM: pose.t[0], yM: pose.t[1], yawRad: yawOf(pose) }] : [];
    });
  }
}
