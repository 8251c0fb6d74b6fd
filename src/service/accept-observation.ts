/** S02 and S03 at the border: what may be used of an observation that somebody sent. */
import { bad, type Checked, type Fault, type FaultCode, ok } from "../contract/fault.ts";
import type { CameraImage, Observation, Sweep } from "../contract/observation.ts";
import type { Se3 } from "../contract/se3.ts";
import { FUTURE_US } from "../safety/limits.ts";

/** An observation older than this when it comes is of no use (S03: 2.5 periods). */
export const OBSERVATION_LATE_US = 250_000;
/** Freshness is counted in the sender's periods, so they may not be chosen at will. */
const PERIOD_MIN_US = 50_000;
const PERIOD_MAX_US = 200_000;
const CAMERAS_MAX = 16;
const LIDARS_MAX = 8;
/** R·Rᵀ may differ from one by this. */
const RIGID_TOLERANCE = 1e-3;
const MS = 1000;

/**
 * The observation as it may be decided, stamped with its arrival, or the fault that stands in its
 * place. A sensor that cannot be used is left out with a fault; its absence is then told like any.
 */
export function acceptObservation(
  observation: Observation,
  nowUs: number,
  periodMaxUs = PERIOD_MAX_US,
): Checked<Observation> {
  const refused = messageProblem(observation, nowUs, periodMaxUs);
  if (refused) return bad({ ...refused, stampUs: nowUs });
  const faults: Fault[] = [...observation.faults];
  const usable = <T extends CameraImage | Sweep>(
    items: readonly T[],
    code: FaultCode,
    problemOf: (item: T) => string | undefined,
  ): T[] =>
    items.filter((item) => {
      const aheadUs = item.stampUs - nowUs;
      const future = aheadUs > FUTURE_US ? futureDetail(aheadUs) : undefined;
      const problem = future ?? problemOf(item);
      if (problem === undefined) return true;
      faults.push({
        code: future === undefined ? code : "STAMP_IN_FUTURE",
        detail: `${item.name}: ${problem}`,
        stampUs: observation.stampUs,
        source: item.name,
      });
      return false;
    });
  const images = usable(observation.images, "CAMERA_INVALID", imageProblem);
  const sweeps = usable(observation.sweeps, "LIDAR_INVALID", sweepProblem);
  return ok({ ...observation, arrivalUs: nowUs, images, sweeps, faults });
}

type Refusal = Pick<Fault, "code" | "detail">;

function messageProblem(
  observation: Observation,
  nowUs: number,
  periodMaxUs: number,
): Refusal | undefined {
  const { stampUs, periodUs, images, sweeps } = observation;
  const invalid = (detail: string): Refusal => ({ code: "MESSAGE_INVALID", detail });
  if (periodUs < PERIOD_MIN_US || periodUs > periodMaxUs)
    return invalid(`period of ${PERIOD_MIN_US}…${periodMaxUs} µs expected, found ${periodUs}`);
  for (const [what, names, most] of [
    ["camera", [...images.map((i) => i.name), ...observation.expectedCameras], CAMERAS_MAX],
    ["LiDAR", [...sweeps.map((s) => s.name), ...observation.expectedLidars], LIDARS_MAX],
  ] as const)
    if (new Set(names).size > most)
      return invalid(`at most ${most} ${what}s expected, found ${new Set(names).size}`);
  const twice = twiceIn(images.map((i) => i.name)) ?? twiceIn(sweeps.map((s) => s.name));
  if (twice !== undefined) return invalid(`each sensor once expected, found ${twice} twice`);
  const aheadUs = stampUs - nowUs;
  if (aheadUs > FUTURE_US) return { code: "STAMP_IN_FUTURE", detail: futureDetail(aheadUs) };
  if (-aheadUs > OBSERVATION_LATE_US) {
    const limitMs = OBSERVATION_LATE_US / MS;
    const detail = `age of at most ${limitMs} ms on arrival expected, found ${Math.round(-aheadUs / MS)} ms`;
    return { code: "OBSERVATION_LATE", detail };
  }
  return undefined;
}

const futureDetail = (aheadUs: number): string =>
  `stamp at most ${FUTURE_US / MS} ms ahead of arrival expected, found ${Math.round(aheadUs / MS)} ms`;

const twiceIn = (names: readonly string[]): string | undefined =>
  names.find((name, i) => names.indexOf(name) !== i);

function imageProblem({ egoFromCamera, camera, data }: CameraImage): string | undefined {
  if (data.length === 0) return "a picture expected, found 0 bytes";
  const rigid = isRigid(egoFromCamera) && isRigid(camera.mountEgoFromCamera);
  return rigid ? undefined : "rigid transforms to ego expected, found others";
}

function sweepProblem({ xyz, intensity, egoFromLidar }: Sweep): string | undefined {
  if (intensity.length === 0) return "points expected, found none";
  if (!isRigid(egoFromLidar)) return "a rigid transform to ego expected, found another";
  for (const column of [xyz, intensity])
    for (let i = 0; i < column.length; i++)
      if (!Number.isFinite(column[i]!))
        return `finite points expected, found ${column[i]} at number ${i}`;
  return undefined;
}

/** Rotation with R·Rᵀ = 1 and determinant +1. */
function isRigid({ r }: Se3): boolean {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0, i = 0] = r;
  const near = (value: number, wanted: number) => Math.abs(value - wanted) <= RIGID_TOLERANCE;
  const determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  return (
    near(determinant, 1) &&
    near(a * a + b * b + c * c, 1) &&
    near(d * d + e * e + f * f, 1) &&
    near(g * g + h * h + i * i, 1) &&
    near(a * d + b * e + c * f, 0) &&
    near(a * g + b * h + c * i, 0) &&
    near(d * g + e * h + f * i, 0)
  );
}
