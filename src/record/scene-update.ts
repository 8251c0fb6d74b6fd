import type { Mode } from "../contract/decision.ts";
import { CAR } from "../contract/maneuver.ts";
import type { Obstacle } from "../contract/obstacle.ts";
import { timestamp } from "../ingest/write-mcap.ts";
import { COLOURS, MODE_COLOURS, type Rgb } from "../picture/colours.ts";
import { pathShapeOf } from "../picture/path-shape.ts";
import { EGO_FRAME } from "./channels.ts";
import type { RecordedTick } from "./recorded-tick.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Paths lie this far above the ground, so that they do not flicker with it. */
const PATH_HEIGHT_M = 0.05;
const ARROW_SPEED_MPS = 0.5;

const colour = ([r, g, b]: Rgb, a: number) => ({ r: r / 255, g: g / 255, b: b / 255, a });
const pose = (xM: number, yM: number, zM: number, yawRad = 0) => ({
  position: { x: xM, y: yM, z: zM },
  orientation: { x: 0, y: 0, z: Math.sin(yawRad / 2), w: Math.cos(yawRad / 2) },
});

/**
 * foxglove.SceneUpdate of each tick: ego, path, corridor, obstacles. Every update names all that is
 * there and deletes what has gone; lifetimes end with the decision, so a stopped run fades.
 */
export class SceneWriter {
  #shown: ReadonlySet<string> = new Set();

  update(tick: RecordedTick): Fields {
    const entities = [egoOf(tick), ...pathOf(tick), ...obstaclesOf(tick)];
    const ids = new Set(entities.map((entity) => entity.id));
    const gone = [...this.#shown].filter((id) => !ids.has(id));
    this.#shown = ids;
    const stamp = timestamp(tick.observation.stampUs);
    return { deletions: gone.map((id) => ({ timestamp: stamp, type: 0, id })), entities };
  }
}

function entityOf(
  { observation, decision }: RecordedTick,
  id: string,
  primitives: Fields,
  metadata: Readonly<Record<string, string>> = {},
) {
  return {
    id,
    timestamp: timestamp(observation.stampUs),
    frame_id: EGO_FRAME,
    lifetime: { seconds: 0, nanos: decision.validMs * 1_000_000 },
    frame_locked: id === "ego",
    metadata: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    ...primitives,
  };
}

function egoOf(tick: RecordedTick) {
  const { mode, verdict, sentence } = tick.decision;
  const centreM = CAR.frontOverhangFromRearAxleM - CAR.lengthM / 2;
  return entityOf(
    tick,
    "ego",
    {
      cubes: [
        {
          pose: pose(centreM, 0, 0.75),
          size: { x: CAR.lengthM, y: CAR.widthM, z: 1.5 },
          color: colour(COLOURS.ego, 0.6),
        },
      ],
      texts: [label(centreM, 0, 2.2, mode, MODE_COLOURS[mode])],
    },
    { mode, verdict, sentence },
  );
}

function pathOf(tick: RecordedTick) {
  const { trajectory, egoSpeedMps, mode } = tick.decision;
  const { centre, left, right } = pathShapeOf(trajectory, egoSpeedMps ?? 0);
  const length = Math.hypot(...(centre.at(-1) ?? [0, 0]));
  // A path of no length is no shape; the entity goes until the vehicle moves again.
  if (length < 0.1) return [];
  const raised = (line: typeof centre) => line.map(([x, y]) => ({ x, y, z: PATH_HEIGHT_M }));
  const indices = centre.slice(1).flatMap((_, i) => {
    const [l, r] = [i * 2, i * 2 + 1];
    return [l, r, l + 2, r, r + 2, l + 2];
  });
  const points = left.flatMap((_, i) => raised([left[i]!, right[i]!]));
  const unmoved = pose(0, 0, 0);
  const corridor = { pose: unmoved, points, indices, color: colour(MODE_COLOURS[mode], 0.25) };
  const line = {
    type: 0,
    pose: unmoved,
    thickness: 0.15,
    points: raised(centre),
    color: colour(MODE_COLOURS[mode], 1),
  };
  return [
    entityOf(tick, "corridor", { triangles: [corridor] }),
    entityOf(tick, "path", { lines: [line] }),
  ];
}

const obstaclesOf = (tick: RecordedTick) =>
  (tick.obstacles?.obstacles ?? []).map((obstacle) =>
    entityOf(tick, `obstacle-${obstacle.id}`, primitivesOf(obstacle), {
      tracked: String(obstacle.tracked),
      age_s: (obstacle.ageUs / 1e6).toFixed(1),
      unseen_ms: String(Math.round(obstacle.unseenUs / 1000)),
      points: String(obstacle.pointCount),
    }),
  );

function primitivesOf(obstacle: Obstacle): Fields {
  const { xM, yM, zMinM, zMaxM, lengthM, widthM, yawRad, vxMps, vyMps, tracked } = obstacle;
  const paint = tracked ? COLOURS.tracked : COLOURS.untracked;
  const speedMps = Math.hypot(vxMps, vyMps);
  const moves = tracked && speedMps >= ARROW_SPEED_MPS;
  return {
    cubes: [
      {
        pose: pose(xM, yM, (zMinM + zMaxM) / 2, yawRad),
        size: { x: lengthM, y: widthM, z: Math.max(0.1, zMaxM - zMinM) },
        color: colour(paint, obstacle.unseenUs === 0 ? 0.5 : 0.2),
      },
    ],
    arrows: moves
      ? [
          {
            pose: pose(xM, yM, zMaxM, Math.atan2(vyMps, vxMps)),
            shaft_length: speedMps,
            shaft_diameter: 0.15,
            head_length: 0.5,
            head_diameter: 0.4,
            color: colour(paint, 1),
          },
        ]
      : [],
    texts: moves ? [label(xM, yM, zMaxM + 0.6, `${speedMps.toFixed(1)} m/s`, COLOURS.text)] : [],
  };
}

const label = (xM: number, yM: number, zM: number, text: string, paint: Rgb): Fields => ({
  pose: pose(xM, yM, zM),
  billboard: true,
  font_size: 0.6,
  color: colour(paint, 1),
  text,
});

export const LOG_LEVELS: Readonly<Record<Mode, number>> = {
  NORMAL: 2,
  CAUTION: 3,
  COMFORT_STOP: 4,
  EMERGENCY_STOP: 5,
  HOLD: 4,
};
