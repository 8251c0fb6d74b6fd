import type { Scene } from "../../contract/scene.ts";
import { type ActiveInstruction, giveInstruction } from "../../expert/meaning.ts";
import type { Place } from "../../expert/navigator/named-place.ts";
import type { JunctionLook, Step } from "../../expert/navigator/nav-meaning.ts";
import { exitCount, ringLanes } from "../../expert/navigator/rings.ts";
import { type Branch, type Node, nodesAhead } from "../../expert/navigator/ways.ts";
import type { Random } from "../../world/random.ts";
import { type LaneNet, trackOf } from "../../world/traffic/lane-net.ts";
import { exitFrom, naturalWay, toldWay, type Way, wayInto, wayStep } from "./way.ts";
import { type WordIndex, wayKey } from "./word-index.ts";

/** Words in force, and the way that they leave or decide. */
export type Spoken = {
  readonly index: number;
  readonly active: ActiveInstruction;
  readonly way: Way;
  /** Set where the words decide the way. */
  readonly step?: Step;
  /** The way asked for does not exist, and anybody can see so. */
  readonly refused?: boolean;
};

/** When words were said, seen from now. */
export type SaidWhen = { readonly sinceUs: number; readonly speedMps: number };

/** Places farther ahead are not spoken of, m. */
const TELL_M = 160;
/** A junction so near shows its branches, m. */
const PLAIN_M = 50;

const activeOf = (words: WordIndex, index: number, scene: Scene, when: SaidWhen) => {
  const { text, meaning } = words.pool[index]!;
  return giveInstruction(text, meaning, scene.stampUs - when.sinceUs, when.speedMps);
};

/** Words that leave the way open; nobody speaks in a part of the cases. */
export function sayWish(
  words: WordIndex,
  net: LaneNet,
  from: Place,
  scene: Scene,
  rng: Random,
  when: SaidWhen,
): Spoken {
  const index = rng.chance(0.15) ? 0 : words.wish(rng);
  return {
    index,
    active: activeOf(words, index, scene, when),
    way: { route: naturalWay(net, from) },
  };
}

/** Words that decide the way at the next junction or roundabout; undefined where none fit. */
export function sayWay(
  words: WordIndex,
  net: LaneNet,
  from: Place,
  scene: Scene,
  rng: Random,
  when: SaidWhen,
): Spoken | undefined {
  const said = roundAhead(net, from, rng) ?? branchAhead(net, from, rng);
  if (said === undefined) return undefined;
  const { key, atM, looks, way } = said;
  const index = words.way(rng, key, atM + drivenM(scene, when), looks);
  if (index === undefined) return undefined;
  const step = wayStep(words.pool[index]!.meaning)!;
  return { index, active: activeOf(words, index, scene, when), step, way };
}

/** The way since the words were said, at the speed of now, m: distances in them count from there. */
const drivenM = (scene: Scene, when: SaidWhen): number =>
  (when.sinceUs / 1e6) * Math.max(0, scene.ego.speedMps);

type Told = {
  readonly key: string;
  readonly atM: number;
  readonly looks: readonly JunctionLook[];
  readonly way: Way;
};

function branchAhead(net: LaneNet, from: Place, rng: Random): Told | undefined {
  const ways = branchesAhead(net, from);
  return ways.length === 0 ? undefined : rng.pick(ways);
}

const told = new WeakMap<Place, readonly Told[]>();

/** The ways that may be told at the next junction; kept for the place. */
function branchesAhead(net: LaneNet, from: Place): readonly Told[] {
  const known = told.get(from);
  if (known !== undefined) return known;
  const found = findBranches(net, from);
  told.set(from, found);
  return found;
}

function findBranches(net: LaneNet, from: Place): Told[] {
  const [node] = nodesAhead(net.graph, from, TELL_M);
  if (node === undefined || trackOf(net, from.lane).junction) return [];
  const { atM, looks } = node;
  const options = node.branches.flatMap((branch) => {
    const key = keyOf(branch);
    const way = key === undefined ? undefined : wayInto(net, from, branch.entries);
    return key === undefined || way === undefined ? [] : [{ key, way, atM, looks }];
  });
  const far = options.filter(({ way }) => way.route.lengthM > atM + 120);
  return far.length > 0 ? far : options;
}

/** What a branch is called. */
function keyOf({ turn, bears }: Branch): string | undefined {
  if (turn === "LEFT" || turn === "RIGHT") return `TURN ${turn}`;
  if (turn === "U_TURN") return undefined;
  if (bears !== undefined) return `BEAR ${bears}`;
  return turn === "STRAIGHT" ? "TURN STRAIGHT" : undefined;
}

function roundAhead(net: LaneNet, from: Place, rng: Random): Told | undefined {
  const ring = ringLanes(net.graph);
  if (ring.size === 0 || ring.has(from.lane) || trackOf(net, from.lane).junction) return undefined;
  const first = toldWay(net, from, { kind: "ROUNDABOUT", exit: 1 });
  if (first === undefined) return undefined;
  let atM = -from.sM;
  const entry = first.route.lanes.find((lane) => {
    if (ring.has(lane)) return true;
    atM += trackOf(net, lane).lengthM;
    return false;
  });
  if (entry === undefined || atM > TELL_M) return undefined;
  const exit = rng.int(1, Math.min(4, exitCount(net.graph, entry)));
  const way = toldWay(net, from, { kind: "ROUNDABOUT", exit });
  return way && { key: `ROUNDABOUT ${exit}`, atM, looks: [], way };
}

/** Words that ask for a way which the junction right ahead does not have. */
export function sayMissingWay(
  words: WordIndex,
  net: LaneNet,
  from: Place,
  scene: Scene,
  rng: Random,
  when: SaidWhen,
): Spoken | undefined {
  if (trackOf(net, from.lane).junction) return undefined;
  const [node, second] = nodesAhead(net.graph, from, 400);
  if (node === undefined || node.atM > PLAIN_M || !isJunction(node)) return undefined;
  const side = rng.chance(0.5) ? "LEFT" : "RIGHT";
  if ([node, second].some((n) => n?.branches.some(({ turn }) => turn === side))) return undefined;
  const index = words.way(rng, `TURN ${side}`, node.atM + drivenM(scene, when), node.looks);
  if (index === undefined) return undefined;
  const step = wayStep(words.pool[index]!.meaning)!;
  if (toldWay(net, from, step) !== undefined) return undefined;
  return {
    index,
    active: activeOf(words, index, scene, when),
    way: { route: naturalWay(net, from) },
    refused: true,
  };
}

const isJunction = ({ branches }: Node): boolean =>
  branches.some(({ turn }) => turn === "LEFT" || turn === "RIGHT");

/** The same way in other words: what can be said where ego already turns. */
export function sayAgain(
  words: WordIndex,
  driven: Spoken,
  scene: Scene,
  rng: Random,
  when: SaidWhen,
): Spoken {
  if (driven.step === undefined) return driven;
  const looks: readonly JunctionLook[] =
    "at" in driven.step && driven.step.at !== undefined ? [driven.step.at] : [];
  const index = words.way(rng, wayKey(driven.step), drivenM(scene, when), looks);
  if (index === undefined) return driven;
  const active = { ...activeOf(words, index, scene, when), phase: driven.active.phase };
  return { ...driven, index, active };
}

/** Words for the turn that ego is in. */
export function sayTurning(
  words: WordIndex,
  net: LaneNet,
  from: Place,
  scene: Scene,
  rng: Random,
  when: SaidWhen,
  turn: "LEFT" | "RIGHT",
): Spoken | undefined {
  const index = words.way(rng, `TURN ${turn}`, drivenM(scene, when), []);
  if (index === undefined) return undefined;
  const step = wayStep(words.pool[index]!.meaning)!;
  const way = { route: naturalWay(net, from), goal: exitFrom(net, from.lane) };
  return { index, active: activeOf(words, index, scene, when), step, way };
}

/** A way told and taken some time ago: nothing is left of it. */
export function sayDone(
  words: WordIndex,
  net: LaneNet,
  from: Place,
  scene: Scene,
  rng: Random,
  when: SaidWhen,
): Spoken | undefined {
  const key = rng.pick(["TURN LEFT", "TURN RIGHT", "TURN STRAIGHT", "ROUNDABOUT 2", "BEAR RIGHT"]);
  const index = words.way(rng, key, 20, ["LIGHTS", "CROSSING"]);
  if (index === undefined) return undefined;
  const active = activeOf(words, index, scene, when);
  const phaseSinceUs = scene.stampUs - Math.round(rng.next() * when.sinceUs);
  return {
    index,
    step: wayStep(words.pool[index]!.meaning)!,
    active: { ...active, phase: "DONE", phaseSinceUs },
    way: { route: naturalWay(net, from) },
  };
}
