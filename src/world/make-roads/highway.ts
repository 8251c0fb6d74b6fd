import type { OdrConnection, OdrJunction, OdrRoad, OpenDrive } from "../opendrive/model.ts";
import type { LinePose } from "../opendrive/reference-line.ts";
import type { Random } from "../random.ts";
import { addBend, addLine, startLine } from "./draft-line.ts";
import {
  carriageway,
  drawHighwayStyle,
  type HighwayStyle,
  INNER_COUNT,
  type RampKind,
} from "./highway-style.ts";
import { hills } from "./hills.ts";
import { newRoad } from "./new-road.ts";
import { makeRamp, type Ramp } from "./ramp.ts";
import { mirrorStrip, smoothRecords } from "./strips.ts";

/** Usual length of a stretch between two places with ramps, m. */
const STRETCH_M = 650;
/** Straight ahead and behind such a place, so that ramps part from the highway and do not cross it, m. */
const STRAIGHT_M = 130;
const BEND_M = [300, 520] as const;
const SPIRAL_M = 100;
const RADIUS_M = [900, 3000] as const;
/** The highway keeps to this from its first direction, so that it never meets itself. */
const HEADING_MAX_RAD = 0.5;
/** RAA 2008: 4 % where 130 km/h are driven. */
const GRADE_MAX = 0.035;
const NODE_HEIGHT_M = 6;

/** A highway whose stretches are joined by direct junctions, with ramps that part and join there. */
export function makeHighway(
  rng: Random,
  sizeM: number,
  laneCount?: number,
): Pick<OpenDrive, "roads" | "junctions" | "controllers"> {
  const style = drawHighwayStyle(rng, laneCount);
  const count = Math.max(2, Math.round(sizeM / STRETCH_M));
  const nodes = Array.from({ length: count - 1 }, (_, n) => drawNode(rng, n));
  const stretches: OdrRoad[] = [];
  const poses: LinePose[] = [];
  let pose: LinePose = { xM: 0, yM: 0, yawRad: 0, curvatureInvm: 0 };
  for (let i = 0; i < count; i++) {
    const made = stretch(rng, style, i, pose, nodes);
    stretches.push(made.road);
    pose = made.end;
    poses.push(pose);
  }
  const ramps = nodes.flatMap((node, n) => {
    const ramp = (way: "AHEAD" | "BACK"): Ramp[] => {
      const kind = way === "AHEAD" ? node.ahead : node.back;
      if (kind === "NONE") return [];
      const id = `${500 + n}${way === "AHEAD" ? 1 : 2}`;
      const at = { pose: poses[n]!, heightM: node.heightM };
      return [makeRamp(rng, style, { id, node: n, way, kind, junctionId: junctionIdOf(n) }, at)];
    };
    return [...ramp("AHEAD"), ...ramp("BACK")];
  });
  const junctions = nodes.map((_, n) => junctionOf(style, n, stretches, ramps));
  return { roads: [...stretches, ...ramps.map(({ road }) => road)], junctions, controllers: [] };
}

/** Where two stretches meet: the ramps of those who drive along s and of those who drive against it. */
type Node = { readonly ahead: RampKind; readonly back: RampKind; readonly heightM: number };

function drawNode(rng: Random, index: number): Node {
  const other = () => rng.pick(["ENTRY", "EXIT", "NONE"] as const);
  // Exits and entries take turns, so that every highway has both.
  const sure: RampKind = index % 2 === 0 ? "EXIT" : "ENTRY";
  const heightM = rng.range(-1, 1) * NODE_HEIGHT_M;
  return rng.chance(0.5)
    ? { ahead: sure, back: other(), heightM }
    : { ahead: other(), back: sure, heightM };
}

const junctionIdOf = (node: number): string => `${node + 1}`;

function stretch(
  rng: Random,
  style: HighwayStyle,
  index: number,
  from: LinePose,
  nodes: readonly Node[],
): { readonly road: OdrRoad; readonly end: LinePose } {
  const line = startLine(from);
  addLine(line, STRAIGHT_M);
  const bendM = rng.range(...BEND_M);
  const turnRad = (bendM - SPIRAL_M) / rng.range(...RADIUS_M);
  const wish = rng.chance(0.5) ? 1 : -1;
  const sign = Math.abs(from.yawRad + wish * turnRad) > HEADING_MAX_RAD ? -wish : wish;
  addBend(line, (bendM - SPIRAL_M) / turnRad, sign * turnRad, SPIRAL_M);
  addLine(line, STRAIGHT_M);
  const { lengthM } = line;
  const [before, after] = [nodes[index - 1], nodes[index]];
  const right = carriageway(rng, style, lengthM, before?.ahead ?? "NONE", after?.ahead ?? "NONE");
  const left = carriageway(rng, style, lengthM, after?.back ?? "NONE", before?.back ?? "NONE");
  const heights = [before?.heightM ?? 0, after?.heightM ?? 0] as const;
  const road = newRoad({
    id: `${100 + index}`,
    planView: line.pieces,
    types: [{ sM: 0, type: "motorway", speed: { maxMps: style.limitMps } }],
    elevation: smoothRecords(hills(rng, lengthM, heights, GRADE_MAX)),
    ...(before
      ? { predecessor: { kind: "JUNCTION", junctionId: junctionIdOf(index - 1) } as const }
      : {}),
    ...(after ? { successor: { kind: "JUNCTION", junctionId: junctionIdOf(index) } as const } : {}),
    sides: { right, left: left.map((strip) => mirrorStrip(strip, lengthM)), middle: [] },
  });
  return { road, end: line.end };
}

/** Lane ids of ramp and stretch that go on into each other; sign is that of the carriageway's ids. */
function junctionOf(
  style: HighwayStyle,
  node: number,
  stretches: readonly OdrRoad[],
  ramps: readonly Ramp[],
): OdrJunction {
  const [one, other] = [stretches[node]!, stretches[node + 1]!];
  const lastLane = INNER_COUNT + style.laneCount;
  const ids = Array.from({ length: lastLane }, (_, i) => i + 1);
  const shoulder = (road: OdrRoad, atEnd: boolean, sign: number) =>
    sign * Math.max(...road.sections.at(atEnd ? -1 : 0)!.lanes.map(({ id }) => sign * id));
  const through: OdrConnection = {
    id: "0",
    incomingRoadId: one.id,
    connectingRoadId: other.id,
    contact: "START",
    laneLinks: [1, -1].flatMap((sign) => [
      ...ids.map((id) => ({ from: sign * id, to: sign * id })),
      { from: shoulder(one, true, sign), to: shoulder(other, false, sign) },
    ]),
  };
  const own = ramps.filter((ramp) => ramp.node === node);
  const connections = own.map((ramp, i): OdrConnection => {
    const sign = ramp.way === "AHEAD" ? -1 : 1;
    const exits = ramp.kind === "EXIT";
    // Those who drive along s leave the stretch before the place and join the one behind it.
    const ofOne = exits === (ramp.way === "AHEAD");
    const road = ofOne ? one : other;
    const links = [1, 2].map((k) => ({ ramp: -k, road: sign * (lastLane + k) }));
    return {
      id: `${i + 1}`,
      incomingRoadId: exits ? road.id : ramp.road.id,
      connectingRoadId: exits ? ramp.road.id : road.id,
      contact: exits ? "START" : ofOne ? "END" : "START",
      laneLinks: links.map((link) =>
        exits ? { from: link.road, to: link.ramp } : { from: link.ramp, to: link.road },
      ),
    };
  });
  return {
    id: junctionIdOf(node),
    name: "",
    type: "DIRECT",
    connections: [through, ...connections],
    priorities: [],
    controllers: [],
  };
}
