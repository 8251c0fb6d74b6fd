/** A made street, in map: ego starts at (0, 0) and drives along +x. */
const GROUND_RINGS = 24;
const RAYS = 720;
const STEP_M = 0.12;
export const EGO_MPS = 8.1;

type Thing = {
  /** Corner of least x and y. */
  readonly xM: number;
  readonly yM: number;
  readonly lengthM: number;
  readonly widthM: number;
  readonly heightM: number;
  readonly vxMps: number;
};

/** House fronts on both sides, parked cars, walkers, a lead that keeps its distance, and one that comes. */
function aStreet(): Thing[] {
  const things: Thing[] = [];
  const add = (size: readonly [number, number, number], xM: number, yM: number, vxMps = 0) =>
    things.push({ xM, yM, lengthM: size[0], widthM: size[1], heightM: size[2], vxMps });
  const [car, walker, front] = [
    [4.5, 1.8, 1.5],
    [0.4, 0.5, 1.7],
    [60, 0.3, 4],
  ] as const;
  for (const yM of [-12, 12]) add(front, -10, yM);
  for (let xM = -20; xM < 60; xM += 8) for (const yM of [-7, 5]) add(car, xM, yM);
  for (let xM = 5; xM < 45; xM += 10) add(walker, xM, 9, 1.3);
  add(car, 16, -0.9, EGO_MPS);
  add(car, 60, 2.6, -8);
  return things;
}

/** [N, 4] of every point: x at time 0 and y and z, m, and its speed along x, m/s; made once. */
let made: Float32Array = new Float32Array(0);

/**
 * What a LiDAR on the roof may see of the street, `timeS` after the start.
 * @returns [N, 3] m, ego, which drives EGO_MPS fast.
 */
export function warmUpPoints(timeS: number): Float32Array {
  if (made.length === 0) made = makePoints();
  const xyz = new Float32Array((made.length / 4) * 3);
  for (let i = 0, k = 0; i < made.length; i += 4, k += 3) {
    xyz[k] = made[i]! + (made[i + 3]! - EGO_MPS) * timeS;
    xyz[k + 1] = made[i + 1]!;
    xyz[k + 2] = made[i + 2]!;
  }
  return xyz;
}

function makePoints(): Float32Array {
  const points: number[] = [];
  for (let ring = 0; ring < GROUND_RINGS; ring++)
    for (let ray = 0; ray < RAYS; ray++) {
      const angle = (2 * Math.PI * ray) / RAYS;
      const rangeM = 3 + 0.09 * ring * ring;
      // The road goes along with ego.
      points.push(rangeM * Math.cos(angle), rangeM * Math.sin(angle), 0, EGO_MPS);
    }
  for (const thing of aStreet())
    for (let zM = 0.1; zM < thing.heightM; zM += STEP_M) addFaces(thing, zM, points);
  return Float32Array.from(points);
}

/** The side and the end that look at ego. */
function addFaces({ xM, yM, lengthM, widthM, vxMps }: Thing, zM: number, out: number[]): void {
  const sideM = yM > 0 ? yM : yM + widthM;
  const endM = xM > 0 ? xM : xM + lengthM;
  for (let u = 0; u < lengthM; u += STEP_M) out.push(xM + u, sideM, zM, vxMps);
  for (let w = 0; w < widthM; w += STEP_M) out.push(endM, yM + w, zM, vxMps);
}
