import type { DetectedObject, Scene, SceneLane } from "../contract/scene.ts";
import { type ActiveInstruction, giveInstruction, type Meaning } from "./meaning.ts";

/** Straight road along map +x with `laneCount` lanes of 3.5 m; lane 0 is the leftmost, y = 0. */
export type RoadOptions = {
  readonly laneCount?: number;
  /** ego's lane. */
  readonly lane?: number;
  readonly speedMps?: number;
  readonly accelMps2?: number;
  readonly offsetM?: number;
  readonly objects?: readonly Partial<DetectedObject>[];
  readonly stopLineM?: number;
  readonly state?: "RED" | "YELLOW" | "GREEN";
  readonly shoulder?: boolean;
  readonly limitMps?: number;
  readonly stampUs?: number;
};

function aLane(
  id: number,
  y: number,
  kind: SceneLane["kind"] = "DRIVING",
  widthM = 3.5,
): SceneLane {
  const centre = new Float64Array(2 * 101);
  for (let i = 0; i < 101; i++) {
    centre[2 * i] = -60 + 2 * i;
    centre[2 * i + 1] = y;
  }
  return { id, kind, centre, widthM, leftMark: "DASHED", rightMark: "DASHED", oncoming: false };
}

/** An object ahead: xM is its centre, yM its lateral place in the map. */
export const anObject = (id: number, o: Partial<DetectedObject>): DetectedObject => ({
  id,
  kind: "CAR",
  xM: 30,
  yM: 0,
  yawRad: 0,
  lengthM: 4.6,
  widthM: 1.8,
  heightM: 1.5,
  speedMps: 0,
  accelMps2: 0,
  brakeLights: false,
  indicator: 0,
  rgb: [200, 200, 200],
  ...o,
});

/** A scene with ego's rear axle at x = 0. */
export function aScene(options: RoadOptions = {}): Scene {
  const laneCount = options.laneCount ?? 1;
  const lane = options.lane ?? 0;
  const lanes: SceneLane[] = [];
  for (let i = 0; i < laneCount; i++)
    lanes.push({
      ...aLane(1 + i, -3.5 * i),
      ...(i > 0 ? { leftId: i } : {}),
      ...(i < laneCount - 1 ? { rightId: i + 2 } : {}),
    });
  if (options.shoulder) lanes.push(aLane(21, -3.5 * laneCount + 1.75 - 1.25, "SHOULDER", 2.5));
  const line = options.stopLineM;
  return {
    id: 0,
    stampUs: options.stampUs ?? 1_000_000,
    ego: {
      xM: 0,
      yM: -3.5 * lane + (options.offsetM ?? 0),
      yawRad: 0,
      speedMps: options.speedMps ?? 10,
      accelMps2: options.accelMps2 ?? 0,
      yawRateRadps: 0,
      lengthM: 4.7,
      widthM: 1.9,
    },
    objects: (options.objects ?? []).map((o, i) => anObject(i + 1, o)),
    lanes,
    stopLines:
      line === undefined
        ? []
        : [
            {
              id: 1,
              x0M: line,
              y0M: 2,
              x1M: line,
              y1M: -3.5 * laneCount + 1.5,
              signalIds: options.state ? [1] : [],
            },
          ],
    signals:
      line === undefined || options.state === undefined
        ? []
        : [{ id: 1, xM: line + 1, yM: -3, zM: 3.5, yawRad: Math.PI, state: options.state }],
    kerbs: [],
    blocks: [],
    ...(options.limitMps === undefined ? {} : { speedLimitMps: options.limitMps }),
    light: 1,
    haze: 0,
    textureSeed: 1,
  };
}

/** An instruction given `agoS` before the scene's default stamp. */
export const said = (meaning: Meaning, agoS = 1, speedMps = 10): ActiveInstruction =>
  giveInstruction(meaning.kind, meaning, 1_000_000 - agoS * 1e6, speedMps);

export const FOLLOW = said({ kind: "FOLLOW_ROAD" });
