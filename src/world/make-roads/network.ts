import type { OdrController, OdrJunction, OdrRoad, OpenDrive } from "../opendrive/model.ts";
import type { LinePose } from "../opendrive/reference-line.ts";
import type { Random } from "../random.ts";
import { type Arm, armOf } from "./arm.ts";
import { type JunctionParts, makeCrossing } from "./crossing.ts";
import { edgeLine } from "./edge-line.ts";
import { hills } from "./hills.ts";
import { wrapRad } from "./join-poses.ts";
import { lengthOf, newRoad } from "./new-road.ts";
import {
  middleMarks,
  type RoadEnds,
  type RoadStyle,
  sideStrips,
  sideWidthM,
} from "./road-style.ts";
import {
  armsApartM,
  makeRoundabout,
  outerRadiusM,
  ROUNDABOUT_ARM_M,
  type Roundabout,
} from "./roundabout.ts";
import { mirrorStrip, smoothRecords } from "./strips.ts";

/** A place where roads meet. */
export type NodePlan = {
  readonly xM: number;
  readonly yM: number;
  readonly heightM: number;
  readonly rule: "LIGHTS" | "STOP" | "YIELD" | "NONE" | "ROUNDABOUT";
};

/** A road between two nodes, or out to the edge of the map. */
export type EdgePlan = {
  readonly from: number;
  /** Direction in which it leaves the node. */
  readonly fromRad: number;
  readonly to: { readonly node: number; readonly yawRad: number } | { readonly lengthM: number };
  readonly style: RoadStyle;
  /** It has priority where signs say who goes first. */
  readonly main: boolean;
};

export type NetworkPlan = {
  readonly nodes: readonly NodePlan[];
  readonly edges: readonly EdgePlan[];
};

/** Builds the roads, then the junctions between them. */
export function buildNetwork(
  rng: Random,
  plan: NetworkPlan,
): Pick<OpenDrive, "roads" | "junctions" | "controllers"> {
  const ends = plan.edges.flatMap((edge, index) => endsOf(edge, index));
  const clear = plan.nodes.map((node, n) =>
    clearances(
      rng,
      node,
      ends.filter((end) => end.node === n),
    ),
  );
  const edgeOf = (end: End) => clear[end.node]!.edgeM.get(end)!;
  const roads = plan.edges.map((edge, index) => {
    const own = ends.filter((end) => end.edge === index);
    return edgeRoad(rng, plan, edge, index, own, edgeOf);
  });
  const made = plan.nodes.map((node, n): JunctionParts => {
    const arms = ends
      .filter((end) => end.node === n)
      .map((end): Arm => armOf(roads[end.edge]!, end.contact));
    const main = ends.filter((end) => end.node === n && plan.edges[end.edge]!.main);
    const walkRoads = arms
      .filter(({ besideInto }) => besideInto.some(({ type }) => type === "sidewalk"))
      .map(({ road }) => road.id)
      .filter(() => rng.chance(0.8));
    const { ring } = clear[n]!;
    if (ring) return makeRoundabout(`${n + 1}`, arms, { ...ring, walkRoads });
    const kind = node.rule as Exclude<NodePlan["rule"], "ROUNDABOUT">;
    const allWait = kind === "STOP" && rng.chance(ALL_WAY_PROB);
    const mainRoads = allWait ? [] : main.map(({ edge }) => roads[edge]!.id);
    const control = { kind, mainRoads, walkRoads, farLights: rng.chance(0.4) };
    return makeCrossing(junctionIdOf(n), arms, node.heightM, control);
  });
  return merge(ends, roads, made);
}

/** Share of crossings with stop signs that have them on all arms. */
const ALL_WAY_PROB = 0.3;

const junctionIdOf = (node: number): string => `${node + 1}`;
const roadIdOf = (edge: number): string => `${1000 + edge}`;

/** One end of an edge at a node. */
type End = {
  readonly edge: number;
  readonly node: number;
  readonly contact: "START" | "END";
  readonly yawRad: number;
  readonly style: RoadStyle;
};

const endsOf = (edge: EdgePlan, index: number): End[] => {
  const { style } = edge;
  const start: End = {
    edge: index,
    node: edge.from,
    contact: "START",
    yawRad: edge.fromRad,
    style,
  };
  if ("lengthM" in edge.to) return [start];
  const { node, yawRad } = edge.to;
  return [start, { edge: index, node, contact: "END", yawRad, style }];
};

type Clearance = {
  /** Distance from the node's middle to where each road ends. */
  readonly edgeM: ReadonlyMap<End, number>;
  readonly ring?: Roundabout;
};

/** Radius of the corners' kerbs, m (RASt 06: 6 to 12 m), and least radius of the sidewalks' outer edges. */
const KERB_RADIUS_M = [8, 13] as const;
const CORNER_MIN_M = 4;
/** Least distance of a road's end from the middle of the crossing, m. */
const EDGE_MIN_M = 9;
/** Arms that part by more than this need no room between them. */
const STRAIGHT_RAD = 2.6;

function clearances(rng: Random, node: NodePlan, ends: readonly End[]): Clearance {
  if (node.rule === "ROUNDABOUT") {
    const ring = drawRing(rng, node, ends);
    const edgeM = outerRadiusM(ring) + ROUNDABOUT_ARM_M;
    return { edgeM: new Map(ends.map((end) => [end, edgeM])), ring };
  }
  const kerbM = rng.range(...KERB_RADIUS_M);
  const edgeM = new Map<End, number>();
  for (const one of ends) {
    let needM = EDGE_MIN_M;
    for (const other of ends) {
      if (other === one) continue;
      const apart = Math.abs(wrapRad(one.yawRad - other.yawRad));
      if (apart > STRAIGHT_RAD) continue;
      const [mine, theirs] = [sideWidthM(one.style), sideWidthM(other.style)];
      const walkM = Math.min(one.style.sidewalkM, other.style.sidewalkM);
      const cornerM = Math.max(CORNER_MIN_M, kerbM - walkM);
      const meetM = (theirs + mine * Math.cos(apart)) / Math.sin(apart);
      needM = Math.max(needM, meetM + cornerM * Math.tan((Math.PI - apart) / 2));
    }
    edgeM.set(one, needM);
  }
  return { edgeM };
}

function drawRing(rng: Random, node: NodePlan, ends: readonly End[]): Roundabout {
  const laneCount = Math.min(2, Math.max(...ends.map(({ style }) => style.laneCount)));
  const walks = ends.some(({ style }) => style.sidewalkM > 0);
  return {
    xM: node.xM,
    yM: node.yM,
    heightM: node.heightM,
    radiusM: Math.max(rng.range(13, 20), ringRadiusM(ends)),
    laneCount,
    laneWidthM: laneCount > 1 ? rng.range(3.6, 4.2) : rng.range(4, 5),
    limitMps: rng.pick([30, 30, 40]) / 3.6,
    sidewalkM: walks ? rng.range(1.8, 2.6) : 0,
    kerbM: 0.12,
    walkRoads: [],
  };
}

/** The ring on which ways in and out keep apart between the arms that are nearest to each other. */
function ringRadiusM(ends: readonly End[]): number {
  const apart = ends.flatMap((one) =>
    ends
      .filter((other) => other !== one)
      .map((other) => Math.abs(wrapRad(one.yawRad - other.yawRad))),
  );
  const asideM = Math.max(...ends.map(({ style }) => (style.laneCount - 0.5) * style.laneWidthM));
  return armsApartM(asideM) / Math.min(...apart);
}

function edgeRoad(
  rng: Random,
  plan: NetworkPlan,
  edge: EdgePlan,
  index: number,
  ends: readonly End[],
  edgeOf: (end: End) => number,
): OdrRoad {
  const { style } = edge;
  const [start, end] = ends;
  const startPose = poseAtNode(plan.nodes[start!.node]!, start!.yawRad, edgeOf(start!));
  const goal = end
    ? turnedBack(poseAtNode(plan.nodes[end.node]!, end.yawRad, edgeOf(end)))
    : undefined;
  const planView = edgeLine(
    rng,
    startPose,
    goal,
    "lengthM" in edge.to ? edge.to.lengthM : 0,
    style,
  );
  const lengthM = lengthOf(planView);
  const roomy = (one: End | undefined) =>
    one !== undefined && plan.nodes[one.node]!.rule !== "ROUNDABOUT";
  const forward: RoadEnds = {
    startsAtJunction: true,
    endsAtJunction: end !== undefined,
    turnLane: roomy(end),
  };
  const backward: RoadEnds = {
    startsAtJunction: end !== undefined,
    endsAtJunction: true,
    turnLane: roomy(start),
  };
  const heights: [number, number] = [
    plan.nodes[start!.node]!.heightM,
    end ? plan.nodes[end.node]!.heightM : plan.nodes[start!.node]!.heightM,
  ];
  return newRoad({
    id: roadIdOf(index),
    planView,
    types: [
      {
        sM: 0,
        type: style.setting === "CITY" ? "town" : "rural",
        speed: { maxMps: style.limitMps },
      },
    ],
    elevation: smoothRecords(hills(rng, lengthM, heights, GRADE_MAX[style.setting])),
    sides: {
      right: sideStrips(style, lengthM, forward),
      left: sideStrips(style, lengthM, backward).map((strip) => mirrorStrip(strip, lengthM)),
      middle: middleMarks(rng, style, lengthM, forward),
    },
  });
}

function poseAtNode(node: NodePlan, yawRad: number, distanceM: number): LinePose {
  return {
    xM: node.xM + distanceM * Math.cos(yawRad),
    yM: node.yM + distanceM * Math.sin(yawRad),
    yawRad,
    curvatureInvm: 0,
  };
}

const turnedBack = (pose: LinePose): LinePose => ({ ...pose, yawRad: pose.yawRad + Math.PI });

/** Greatest grades (RAL 2012 allows 8 % on minor roads). */
const GRADE_MAX = { CITY: 0.024, RURAL: 0.072 } as const;

function merge(
  ends: readonly End[],
  roads: readonly OdrRoad[],
  made: readonly JunctionParts[],
): Pick<OpenDrive, "roads" | "junctions" | "controllers"> {
  const junctions: OdrJunction[] = made.flatMap((one) => one.junctions);
  const controllers: OdrController[] = made.flatMap((one) => one.controllers);
  const linked = roads.map((road, index): OdrRoad => {
    const link = (contact: "START" | "END") => {
      const end = ends.find((one) => one.edge === index && one.contact === contact);
      if (!end) return undefined;
      const junctionId = junctionOfRoad(made[end.node]!, road.id);
      return { kind: "JUNCTION", junctionId } as const;
    };
    const [predecessor, successor] = [link("START"), link("END")];
    const furniture = made.flatMap((one) => one.furniture.get(road.id) ?? []);
    return {
      ...road,
      ...(predecessor ? { predecessor } : {}),
      ...(successor ? { successor } : {}),
      signals: furniture.flatMap(({ signals }) => signals),
      signalReferences: furniture.flatMap(({ signalReferences }) => signalReferences),
      objects: furniture.flatMap(({ objects }) => objects),
    };
  });
  return { roads: [...linked, ...made.flatMap((one) => one.roads)], junctions, controllers };
}

const junctionOfRoad = (made: JunctionParts, roadId: string): string => {
  const touches = (road: OdrRoad) =>
    [road.predecessor, road.successor].some(
      (link) => link?.kind === "ROAD" && link.roadId === roadId,
    );
  return made.roads.find((road) => road.junctionId !== undefined && touches(road))!.junctionId!;
};
