import { BEV_SPEC } from "../../contract/bev.ts";
import type { Decision } from "../../contract/decision.ts";
import type { Obstacle } from "../../contract/obstacle.ts";
import type { DetectedObject, Scene } from "../../contract/scene.ts";
import { rasterizeBev } from "../../render/bev-truth.ts";
import type { Tick } from "../../service/pipeline.ts";
import { truthObservation } from "../truth-observation.ts";

/** Objects farther than this are not recorded, m: BevState ends before. */
const NEAR_M = 120;
/** Bins of free sight, which truth has none of. */
const SIGHT_BINS = 360;

/**
 * A tick of a driver that sees the truth: its decision, the objects of the scene in the place of
 * obstacles, BevState of the truth and ego in the map. For recordings; no driver is given it.
 */
export function truthTick(scene: Scene, decision: Decision, periodUs: number): Tick {
  const { stampUs, ego } = scene;
  return {
    decision,
    observation: {
      ...truthObservation(scene, { text: "", givenUs: stampUs }, periodUs),
      id: decision.observationId,
    },
    bev: { spec: BEV_SPEC, data: rasterizeBev(scene), stampUs, cameras: [], lidars: [] },
    obstacles: {
      stampUs,
      obstacles: scene.objects
        .filter((o) => Math.hypot(o.xM - ego.xM, o.yM - ego.yM) <= NEAR_M)
        .map((o) => obstacleOf(o, ego)),
      untrackedXyz: new Float32Array(0),
      freeSightM: new Float32Array(SIGHT_BINS),
      carried: false,
    },
  };
}

/** The object as the safety room would say it, seen exactly: map → ego. */
function obstacleOf(object: DetectedObject, ego: Scene["ego"]): Obstacle {
  const [c, s] = [Math.cos(ego.yawRad), Math.sin(ego.yawRad)];
  const [dx, dy] = [object.xM - ego.xM, object.yM - ego.yM];
  const yawRad = object.yawRad - ego.yawRad;
  const [ux, uy] = [Math.cos(yawRad), Math.sin(yawRad)];
  const { lengthM, widthM, heightM, speedMps } = object;
  const xM = c * dx + s * dy;
  const yM = -s * dx + c * dy;
  const corner = (along: number, left: number): [number, number] => [
    xM + (along * lengthM * ux - left * widthM * uy) / 2,
    yM + (along * lengthM * uy + left * widthM * ux) / 2,
  ];
  return {
    ...{ id: object.id, xM, yM, yawRad, lengthM, widthM },
    zMinM: 0,
    zMaxM: heightM,
    vxMps: speedMps * ux,
    vyMps: speedMps * uy,
    tracked: true,
    ageUs: 0,
    unseenUs: 0,
    sigmaM: 0,
    pointCount: 0,
    hull: [corner(1, -1), corner(1, 1), corner(-1, 1), corner(-1, -1)],
  };
}
