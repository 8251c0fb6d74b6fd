import type { Scene } from "../../contract/scene.ts";
import { advanceInstruction, giveInstruction } from "../../expert/meaning.ts";
import type { Place } from "../../expert/navigator/named-place.ts";
import { RouteFollower } from "../../expert/route/follower.ts";
import type { Random } from "../../world/random.ts";
import { type LaneNet, trackOf } from "../../world/traffic/lane-net.ts";
import { type Cruise, cruiseOn, drawCruise } from "./cruise.ts";
import { type Labelling, labelSpoken } from "./label.ts";
import { outlookOf } from "./outlook.ts";
import type { Driven } from "./variants.ts";
import { naturalWay, openAhead, WAY_M, wayInto } from "./way.ts";
import type { WordIndex } from "./word-index.ts";
import { type SaidWhen, type Spoken, sayWay, sayWish } from "./words.ts";

const NOTHING = { kind: "FOLLOW_ROAD" } as const;
/** A junction that leaves the way open is spoken of before it is so near, m. */
const OPEN_M = 90;
/** Words for a turn stay in force this near to it, m. */
const KEEP_M = 70;
/** So many words stay in force for longer than 13 s, as in a navigator's hands. */
const LONG_SHARE = 0.3;
/** Less way than this ahead, and a world ends: less time, and less distance. */
const END_S = 5;
const END_M = 50;

/** Knows where ego is, what was said to it and where that leads. */
export class Pilot {
  readonly #net: LaneNet;
  readonly #words: WordIndex;
  readonly #rng: Random;
  readonly #cruise: Cruise;
  #cruiseMps = 13.9;
  #spoken: Spoken | undefined;
  #follower: RouteFollower | undefined;
  #nextWordsTick = 0;

  constructor(net: LaneNet, words: WordIndex, rng: Random) {
    this.#net = net;
    this.#words = words;
    this.#rng = rng;
    this.#cruise = drawCruise(rng);
  }

  /** What the expert does on this tick; undefined where the world has no more way for ego. */
  decide(scene: Scene, position: Place | undefined, tick: number): Driven | undefined {
    const place = this.#placeOf(scene, position);
    if (place === undefined) return undefined;
    this.#cruiseMps = cruiseOn(this.#cruise, trackOf(this.#net, place.lane).limitMps);
    if (!this.#listen(scene, place, tick)) return undefined;
    const follower = this.#follower!;
    follower.update(scene.ego);
    if (!this.#stayOnWay(scene)) return undefined;
    let spoken = this.#spoken!;
    const { labelling } = this;
    const outlook = outlookOf(this.#follower!, scene, labelling.cruiseMps);
    let label = labelSpoken(labelling, scene, spoken, outlook);
    if (label === undefined) {
      // nobody could tell any longer what these words ask for
      spoken = { ...spoken, index: 0, active: giveInstruction("", NOTHING, scene.stampUs, 0) };
      this.#nextWordsTick = tick;
      label = labelSpoken(labelling, scene, spoken, outlook);
      if (label === undefined) return undefined;
    }
    const { answer, maneuver } = label;
    this.#spoken = {
      ...spoken,
      active: advanceInstruction(spoken.active, answer, maneuver.lateral, scene.stampUs),
    };
    return { spoken, labelled: { index: spoken.index, active: spoken.active, label } };
  }

  /** Where ego is by its way. */
  get place(): Place {
    return this.#follower!.place;
  }

  get labelling(): Labelling {
    return { net: this.#net, words: this.#words, rng: this.#rng, cruiseMps: this.#cruiseMps };
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
      this.#nextWordsTick = tick + (rng.chance(LONG_SHARE) ? rng.int(130, 320) : rng.int(40, 130));
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
}
