/** Scenes of the safety bench: a street full of obstacles and points, and what each rule is given to do. */
import type { Lateral } from "../src/contract/maneuver.ts";
import {
  aField,
  aLead,
  aManeuver,
  anEgo,
  aProposal,
  aTick,
  PERIOD_US,
  START_US,
} from "../src/safety/fixtures.cases.ts";
import type { SafetyInput } from "../src/safety/supervisor.ts";
import { Random } from "../src/world/random.ts";

export const OBSTACLES = 60;
export const POINTS = 5_000;
const TICKS = 50;

export type Scene = {
  readonly name: string;
  readonly speedMps: number;
  readonly leadGapM: number;
  /** Of the lead along the road, as a share of the ego's speed; negative: it comes towards the ego. */
  readonly leadRatio: number;
  readonly lateral?: Lateral;
  /** Obstacles on the left begin so far to the side. */
  readonly leftFromM?: number;
};

export const SCENES: readonly Scene[] = [
  { name: "standing, waiting", speedMps: 0, leadGapM: 2.5, leadRatio: 0.8 },
  { name: "free, 14 m/s", speedMps: 14, leadGapM: 60, leadRatio: 0.8 },
  { name: "lead answered, 14 m/s", speedMps: 14, leadGapM: 12, leadRatio: 0.8 },
  { name: "motorway, 33 m/s", speedMps: 33, leadGapM: 90, leadRatio: 0.8 },
  { name: "S08 oncoming, 14 m/s", speedMps: 14, leadGapM: 70, leadRatio: -0.8 },
  { name: "S18 cut-in, 20 m/s", speedMps: 20, leadGapM: 12, leadRatio: 1.1 },
  {
    ...{ name: "S09 lane change taken", speedMps: 14, leadGapM: 60, leadRatio: 0.8 },
    ...{ lateral: "LANE_CHANGE_LEFT", leftFromM: 9 },
  },
  {
    ...{ name: "S09 lane change refused", speedMps: 14, leadGapM: 60, leadRatio: 0.8 },
    lateral: "LANE_CHANGE_LEFT",
  },
];

function aStreetTick(tick: number, scene: Scene, random: () => number): SafetyInput {
  const { speedMps, leadGapM, leadRatio, lateral = "KEEP_LANE", leftFromM = 3 } = scene;
  const stampUs = START_US + tick * PERIOD_US;
  const obstacles = Array.from({ length: OBSTACLES }, (_, id) => {
    const besideM = 20 * random();
    const yM = random() < 0.5 ? -3 - besideM : leftFromM + besideM;
    return aLead(-20 + 110 * random(), -10 + 30 * random(), { id: id + 10, yM });
  });
  obstacles.push(aLead(leadGapM, speedMps * leadRatio));
  const xyz = new Float32Array(POINTS * 3);
  for (let i = 0; i < xyz.length; i += 3) {
    xyz[i] = -20 + 80 * random();
    xyz[i + 1] = (random() < 0.5 ? -1 : 1) * (1.5 + 20 * random());
    xyz[i + 2] = 2 * random();
  }
  const bend = lateral === "KEEP_LANE" ? 0.004 * (random() - 0.5) : 0.004 * random();
  const maneuver = aManeuver({ lateral, longitudinal: "ACCELERATE", targetSpeedMps: 15 });
  return aTick(tick, speedMps, {
    ego: anEgo(speedMps, { stampUs }),
    obstacles: aField(obstacles, { stampUs, untrackedXyz: xyz }),
    proposal: aProposal(speedMps, 0.3, {
      ...{ stampUs, observationId: tick, maneuver },
      curvatureInvm: [0, bend, bend, 2 * bend, bend, 0],
    }),
  });
}

/** The ticks of a scene, always the same. */
export function ticksOf(scene: Scene): SafetyInput[] {
  const seeded = new Random(11);
  const random = () => seeded.next();
  return Array.from({ length: TICKS }, (_, i) => aStreetTick(i, scene, random));
}
