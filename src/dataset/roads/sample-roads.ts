import type { LaneGraph } from "../../contract/lane-graph.ts";
import type { Rig, Scene } from "../../contract/scene.ts";
import { expertDecide } from "../../expert/decide.ts";
import { advanceInstruction, type ExpertLabel } from "../../expert/meaning.ts";
import type { Place } from "../../expert/navigator/named-place.ts";
import { ringLanes } from "../../expert/navigator/rings.ts";
import { RouteFollower } from "../../expert/route/follower.ts";
import { rasterizeBev } from "../../render/bev-truth.ts";
import type { RoadKind } from "../../world/make-roads/make-roads.ts";
import type { Random } from "../../world/random.ts";
import { type LaneNet, trackOf } from "../../world/traffic/lane-net.ts";
import { type DrivenVehicle, steerOf } from "../../world/vehicles/driven-vehicle.ts";
import { gauss } from "../observe.ts";
import { encodeVariants, type Labelled, type Sample, TICK_S, VARIANTS } from "../sample.ts";
import { SceneHistory, sense } from "../sense.ts";
import { SlippingHand } from "../slipping-hand.ts";
import { openRoads } from "./open-roads.ts";
import { isCommitted, naturalWay, openAhead, WAY_M, wayInto } from "./way.ts";
import type { WordIndex } from "./word-index.ts";
import {
  type SaidWhen,
  type Spoken,
  sayAgain,
  sayDone,
  sayMissingWay,
  sayWay,
  sayWish,
} from "./words.ts";

export type RoadSampleOptions = {
  readonly kind: RoadKind;
  readonly graph: LaneGraph;
  readonly durationS: number;
  /** Ticks at which samples are taken. */
  readonly ticks: ReadonlySet<number>;
  readonly words: WordIndex;
  /** Rig to render; without it only truth is sampled. */
  readonly rig?: Rig;
};

/** A junction that leaves the way open is spoken of before it is so near, m. */
const OPEN_M = 90;
/** Words for a turn stay in force this near to it, m. */
const KEEP_M = 70;
/** Less way than this ahead, and a world ends: less time, and less distance. */
const END_S = 5;
const END_M = 50;

/**
 * Drives one world of random roads with the expert, slips of its hand and jolts, by words that decide
 * the way, and yields labelled samples at the wanted ticks. Ends early at a contact or the map's end.
 */
export async function* sampleRoads(
  seed: number,
  rng: Random,
  options: RoadSampleOptions,
): AsyncGenerator<Sample> {
  const opened = openRoads(options.graph, options.kind, seed, rng);
  if (opened === undefined) return;
  const { world, sky } = opened;
  const pilot = new Pilot(world.flow.net, options.words, rng);
  const hand = new SlippingHand(rng);
  const history = new SceneHistory();
  const ticks = Math.round(options.durationS / TICK_S);
  for (let tick = 0; tick <= ticks && world.egoContact() === undefined; tick++) {
    const scene = world.scene();
    if (options.rig) history.add(scene);
    const driven = pilot.decide(scene, world.egoPosition(), tick);
    if (driven === undefined) return;
    if (options.ticks.has(tick)) {
      const labelled = pilot.variants(scene, driven);
      if (labelled !== undefined) {
        const bev = rasterizeBev(scene);
        const columns = encodeVariants(scene, pilot.cruiseMps, labelled, rng);
        const sample = { bev, ...columns, sky };
        if (options.rig)
          yield { ...sample, sensors: await sense(history.scenes, options.rig, rng) };
        else yield sample;
      }
    }
    const wanted = hand.control(driven.label, scene.ego.speedMps);
    jolt(world.vehicle, rng);
    world.step(TICK_S, {
      accelMps2: wanted.accelMps2,
      steerRad: steerOf(world.vehicle.model, wanted.curvatureInvm),
    });
  }
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

/** Knows where ego is, what was said to it and where that leads. */
class Pilot {
  readonly #net: LaneNet;
  readonly #words: WordIndex;
  readonly #rng: Random;
  /** Limit of the lane times this is the speed that the driver is told. */
  readonly #cruiseRatio: number;
  #cruiseMps = 13.9;
  #spoken: Spoken | undefined;
  #follower: RouteFollower | undefined;
  #nextWordsTick = 0;

  constructor(net: LaneNet, words: WordIndex, rng: Random) {
    this.#net = net;
    this.#words = words;
    this.#rng = rng;
    this.#cruiseRatio = rng.chance(0.7) ? 1 : rng.range(0.7, 1.1);
  }

  get cruiseMps(): number {
    return this.#cruiseMps;
  }

  /** What the expert does on this tick; undefined where the world has no more way for ego. */
  decide(scene: Scene, position: Place | undefined, tick: number): Labelled | undefined {
    const place = this.#placeOf(scene, position);
    if (place === undefined) return undefined;
    this.#cruiseMps = Math.min(40, trackOf(this.#net, place.lane).limitMps * this.#cruiseRatio);
    if (!this.#listen(scene, place, tick)) return undefined;
    const follower = this.#follower!;
    follower.update(scene.ego);
    if (!this.#stayOnWay(scene)) return undefined;
    const spoken = this.#spoken!;
    const label = this.#label(scene, spoken, this.#follower!);
    const { answer, maneuver } = label;
    this.#spoken = {
      ...spoken,
      active: advanceInstruction(spoken.active, answer, maneuver.lateral, scene.stampUs),
    };
    return { index: spoken.index, active: spoken.active, label };
  }

  #placeOf(scene: Scene, position: Place | undefined): Place | undefined {
    if (this.#follower === undefined) return position;
    const place = this.#follower.update(scene.ego);
    return place.offRouteM > 8 ? position : place;
  }

  /** Hears new words where it is time, or where the way ahead needs them; false where none fit. */
  #listen(scene: Scene, place: Place, tick: number): boolean {
    const rng = this.#rng;
    const now: SaidWhen = { sinceUs: 0, speedMps: scene.ego.speedMps };
    const before = this.#spoken;
    const told = before?.step !== undefined && before.active.phase !== "DONE";
    if (trackOf(this.#net, place.lane).junction && before !== undefined) return true;
    const reachM = Math.max(OPEN_M, 5 * scene.ego.speedMps);
    const natural = naturalWay(this.#net, place);
    const open = openAhead(this.#net, place, natural, reachM);
    const say = (spoken: Spoken | undefined) => {
      if (spoken === undefined) return false;
      this.#spoken = spoken;
      this.#follower = new RouteFollower(this.#net, spoken.way.route);
      this.#nextWordsTick = tick + rng.int(40, 130);
      return true;
    };
    const way = () => sayWay(this.#words, this.#net, place, scene, rng, now);
    if (open !== undefined && !told) {
      for (let k = 0; k < 6; k++) if (say(way())) return true;
      return before !== undefined && open.atM > END_M;
    }
    if (before !== undefined && tick < this.#nextWordsTick) return true;
    if (told && this.#goalNear(place)) return true;
    if (rng.chance(0.4) && say(way())) return true;
    if (open !== undefined) return true;
    return say(sayWish(this.#words, this.#net, place, scene, rng, now));
  }

  #goalNear({ lane, sM }: Place): boolean {
    const { way } = this.#spoken!;
    let atM = -sM;
    for (const next of way.route.lanes.slice(Math.max(0, way.route.lanes.indexOf(lane)))) {
      if (next === way.goal) return atM < KEEP_M;
      atM += trackOf(this.#net, next).lengthM;
    }
    return false;
  }

  /** Plans again beside the way or near its end; false where the map ends. */
  #stayOnWay(scene: Scene): boolean {
    const follower = this.#follower!;
    const spoken = this.#spoken!;
    const { place } = follower;
    const restM = follower.lengthM - place.doneM;
    const onWay = follower.route.lanes.includes(place.lane);
    const endM = Math.max(END_M, END_S * scene.ego.speedMps);
    if (place.offRouteM > 12) return false;
    if (onWay && restM > WAY_M / 2) return true;
    const done = spoken.step === undefined || spoken.active.phase === "DONE";
    const again =
      done || spoken.way.goal === undefined
        ? { route: naturalWay(this.#net, place) }
        : this.#wayToGoal(place, spoken.way.goal);
    if (again === undefined) return onWay && restM > endM;
    this.#spoken = { ...spoken, way: again };
    this.#follower = new RouteFollower(this.#net, again.route);
    this.#follower.update(scene.ego);
    return again.route.lengthM > endM;
  }

  #wayToGoal(place: Place, goal: number) {
    return wayInto(this.#net, place, [goal]);
  }

  /** Four instructions with their labels; undefined where no word fits the scene. */
  variants(scene: Scene, driven: Labelled): Labelled[] | undefined {
    const out = [driven];
    const { place } = this.#follower!;
    const ring = ringLanes(this.#net.graph);
    const turning = ring.has(place.lane) || !isCommitted(this.#net, place);
    const reachM = Math.max(OPEN_M, 4 * scene.ego.speedMps);
    const open = openAhead(this.#net, place, naturalWay(this.#net, place), reachM) !== undefined;
    if (open && !turning && this.#spoken?.step === undefined) return undefined;
    for (let tries = 0; out.length < VARIANTS; tries++) {
      if (tries > 12 * VARIANTS) return undefined;
      const spoken = this.#imagine(scene, place, turning, open);
      if (spoken === undefined) continue;
      const follower = new RouteFollower(this.#net, spoken.way.route);
      follower.update(scene.ego);
      const label = this.#label(scene, spoken, follower);
      out.push({ index: spoken.index, active: spoken.active, label });
    }
    return out;
  }

  /** Other words that could have been said a moment ago. */
  #imagine(scene: Scene, place: Place, turning: boolean, open: boolean): Spoken | undefined {
    const rng = this.#rng;
    const sinceUs = Math.round(rng.range(0, 1) ** 2 * 10e6);
    const speedMps = Math.max(0, scene.ego.speedMps + (sinceUs / 1e6) * 0.3 * gauss(rng));
    const when = { sinceUs, speedMps };
    const all = [this.#words, this.#net, place, scene, rng, when] as const;
    if (turning) return sayAgain(this.#words, this.#spoken!, scene, rng, when);
    if (open || rng.chance(0.4)) {
      const way = sayWay(...all);
      if (open || way !== undefined) return way;
    }
    const r = rng.next();
    const special = r < 0.06 ? sayMissingWay(...all) : r < 0.14 ? sayDone(...all) : undefined;
    if (special !== undefined) return special;
    const spoken = sayWish(...all);
    if (!rng.chance(0.12)) return spoken;
    const phaseSinceUs = scene.stampUs - Math.round(rng.next() * sinceUs);
    return { ...spoken, active: { ...spoken.active, phase: "DONE", phaseSinceUs } };
  }

  #label(scene: Scene, spoken: Spoken, follower: RouteFollower): ExpertLabel {
    // limits farther ahead cannot be seen in a BevState
    const guide = { ...follower.guide(), limits: [{ sM: 0, mps: this.#cruiseMps }] };
    const label = expertDecide(scene, spoken.active, this.#cruiseMps, guide);
    if (spoken.refused) return refusing(label);
    if (spoken.step === undefined) return label;
    const passed = spoken.active.phase === "DONE" || follower.place.lane === spoken.way.goal;
    return { ...label, answer: passed ? "DONE" : "ACCEPTED" };
  }
}

function refusing(label: ExpertLabel): ExpertLabel {
  const { maneuver } = label;
  return {
    ...label,
    answer: "REFUSED_NO_LANE",
    maneuver: { ...maneuver, rationale: [maneuver.rationale[0], "INSTRUCTION_REFUSED"] },
  };
}
