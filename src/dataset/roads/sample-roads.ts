import type { LaneGraph } from "../../contract/lane-graph.ts";
import type { Rig, Scene } from "../../contract/scene.ts";
import { rasterizeBev } from "../../render/bev-truth.ts";
import type { RoadKind } from "../../world/make-roads/make-roads.ts";
import type { Random } from "../../world/random.ts";
import { trackOf } from "../../world/traffic/lane-net.ts";
import { laneOf } from "../../world/traffic/path.ts";
import { isDead, type Rider } from "../../world/traffic/rider.ts";
import type { Beside, TrafficWorld } from "../../world/traffic/traffic-world.ts";
import { type DrivenVehicle, steerOf } from "../../world/vehicles/driven-vehicle.ts";
import { gauss } from "../observe.ts";
import { encodeVariants, type Labelled, type Sample, TICK_S } from "../sample.ts";
import { SceneHistory, sense } from "../sense.ts";
import { SlippingHand } from "../slipping-hand.ts";
import type { Wheel, WheelView } from "../wheel.ts";
import { cruiseOn, drawCruise } from "./cruise.ts";
import type { Labelling } from "./label.ts";
import { openRoads } from "./open-roads.ts";
import { Pilot } from "./pilot.ts";
import { type Driven, labelVariants } from "./variants.ts";
import type { WordIndex } from "./word-index.ts";

export type RoadSampleOptions = {
  readonly kind: RoadKind;
  readonly graph: LaneGraph;
  readonly durationS: number;
  /** Ticks at which samples are taken. */
  readonly ticks: ReadonlySet<number>;
  readonly words: WordIndex;
  /** Ticks from one decision to the next. */
  readonly stepTicks: number;
  /** So many other drivers at most lend their place at each sample. */
  readonly eyes: number;
  /** Share of the worlds that begin at standstill, and of the lent places that stand. */
  readonly standing?: number;
  /** Who drives a share of the worlds instead of the expert, and that share. */
  readonly wheel?: { readonly driver: Wheel; readonly share: number };
  /** Rig to render; without it only truth is sampled. */
  readonly rig?: Rig;
};

/**
 * Drives one world of random roads with the expert, slips of its hand and jolts, by words that decide
 * the way, and yields labelled samples at the wanted ticks. Ends early at a contact or the map's end.
 */
export async function* sampleRoads(
  seed: number,
  rng: Random,
  options: RoadSampleOptions,
): AsyncGenerator<Sample> {
  const opened = openRoads(options.graph, options.kind, seed, rng, options.standing);
  if (opened === undefined) return;
  const { world, sky } = opened;
  const pilot = new Pilot(world.flow.net, options.words, rng);
  const hand = new SlippingHand(rng);
  const history = new SceneHistory();
  const { stepTicks, standing = STANDING_SHARE } = options;
  const wheel = options.wheel && rng.chance(options.wheel.share) ? options.wheel.driver : undefined;
  wheel?.reset();
  // at a strange hand every sample is worth what the hand does with it
  const eyes = wheel === undefined ? options.eyes : 0;
  const ticks = Math.round(options.durationS / TICK_S);
  for (let tick = 0; tick <= ticks && world.egoContact() === undefined; tick += stepTicks) {
    const scene = world.scene();
    if (options.rig) history.add(scene);
    const driven = pilot.decide(scene, world.egoPosition(), tick);
    if (driven === undefined) return;
    if (isDue(options.ticks, tick, stepTicks)) {
      const labelled = labelVariants(pilot.labelling, scene, pilot.place, driven);
      if (labelled !== undefined) {
        const sample = sampleOf(scene, pilot.labelling, labelled, sky);
        if (options.rig)
          yield { ...sample, sensors: await sense(history.scenes, options.rig, rng) };
        else yield sample;
      }
      if (eyes > 0) yield* samplesOfOthers(world, pilot.labelling, { eyes, standing }, sky);
    }
    const own = hand.control(driven.labelled.label, scene.ego.speedMps);
    const wanted = (wheel && (await wheel.drive(viewOf(scene, driven, pilot.labelling)))) ?? own;
    if (wheel === undefined) jolt(world.vehicle, rng);
    const command = {
      accelMps2: wanted.accelMps2,
      steerRad: steerOf(world.vehicle.model, wanted.curvatureInvm),
    };
    world.step(stepTicks * TICK_S, command);
  }
}

function viewOf(scene: Scene, driven: Driven, { cruiseMps }: Labelling): WheelView {
  const { text, givenUs } = driven.spoken.active;
  return { scene, bev: rasterizeBev(scene), text, givenUs, cruiseMps };
}

/** Whether one of the wanted ticks falls on this step. */
function isDue(wanted: ReadonlySet<number>, tick: number, stepTicks: number): boolean {
  for (let k = 0; k < stepTicks; k++) if (wanted.has(tick + k)) return true;
  return false;
}

function sampleOf(
  scene: Scene,
  labelling: Labelling,
  labelled: readonly Labelled[],
  sky: string,
): Sample {
  const columns = encodeVariants(scene, labelling.cruiseMps, labelled, labelling.rng);
  return { bev: rasterizeBev(scene), ...columns, sky };
}

/** The same world as some of the other drivers would see it, a little beside where they are. */
function* samplesOfOthers(
  world: TrafficWorld,
  labelling: Labelling,
  lent: { readonly eyes: number; readonly standing: number },
  sky: string,
): Generator<Sample> {
  const { rng, net } = labelling;
  const riders = world.flow.riders.filter(
    (rider) =>
      VIEWERS.includes(rider.kind) &&
      rider.change === undefined &&
      !isDead(rider) &&
      trackOf(net, laneOf(rider)).onwardM > LEAST_WAY_M,
  );
  const everybody = world.everybody();
  for (let k = 0; k < lent.eyes && riders.length > 0; k++) {
    const [rider] = riders.splice(rng.int(0, riders.length - 1), 1);
    if (rider === undefined) return;
    const scene = world.sceneOf(rider, drawBeside(rider, lent.standing, rng), everybody);
    const lane = laneOf(rider);
    const cruiseMps = cruiseOn(drawCruise(rng), trackOf(net, lane).limitMps);
    const own = { ...labelling, cruiseMps };
    const labelled = labelVariants(own, scene, { lane, sM: rider.sM });
    if (labelled !== undefined) yield sampleOf(scene, own, labelled, sky);
  }
}

/** Vehicles about as long as ego. */
const VIEWERS: readonly string[] = ["CAR", "VAN"];
const LEAST_WAY_M = 60;
/** So many stand where they drove: a planner that only sees others stand for a reason never starts. */
const STANDING_SHARE = 0.15;

function drawBeside(rider: Rider, standing: number, rng: Random): Beside {
  const dM = (rng.chance(0.15) ? 0.7 : 0.2) * gauss(rng);
  const turnRad = Math.max(-0.12, Math.min(0.12, (rng.chance(0.15) ? 0.06 : 0.02) * gauss(rng)));
  const moving = rider.speedMps > 0.5;
  const slip = moving ? (rng.chance(0.15) ? 2.5 : 0.6) * gauss(rng) : 0;
  const speedMps = rng.chance(standing) ? 0 : Math.max(0, rider.speedMps + slip);
  return { dM, turnRad, speedMps };
}

/** Now and then ego stands a little beside where it was, so that the way back is seen. */
function jolt(vehicle: DrivenVehicle, rng: Random): void {
  if (!rng.chance(0.015)) return;
  const { xM, yM, yawRad, speedMps } = vehicle.state;
  const dM = 0.35 * gauss(rng);
  const turnRad = Math.max(-0.12, Math.min(0.12, 0.04 * gauss(rng)));
  const mps = Math.max(0, speedMps + (speedMps > 1 ? 0.8 * gauss(rng) : 0));
  vehicle.place({
    xM: xM - dM * Math.sin(yawRad),
    yM: yM + dM * Math.cos(yawRad),
    yawRad: yawRad + turnRad,
    speedMps: mps,
  });
}
