import type { OdrJunction, OdrRoad } from "../opendrive/model.ts";
import type { LinePose } from "../opendrive/reference-line.ts";
import type { Arm, ArmLane } from "./arm.ts";
import {
  type Connecting,
  type CornerStrip,
  connectingRoad,
  intoEnd,
  outEnd,
  type WayEnd,
} from "./connecting-road.ts";
import type { JunctionParts } from "./crossing.ts";
import { addArc, startLine } from "./draft-line.ts";
import { wrapRad } from "./join-poses.ts";
import { newRoad } from "./new-road.ts";
import { type Controlled, controlArms } from "./road-furniture.ts";
import type { Strip } from "./strips.ts";

export type Roundabout = {
  readonly xM: number;
  readonly yM: number;
  readonly heightM: number;
  /** Of the ring's inner border. */
  readonly radiusM: number;
  readonly laneCount: number;
  readonly laneWidthM: number;
  readonly limitMps: number;
  readonly sidewalkM: number;
  readonly kerbM: number;
  /** Roads with a crosswalk. */
  readonly walkRoads: readonly string[];
};

/**
 * Ways into and out of the ring meet it this far beyond the outermost lane of the widest arm, m along
 * the ring: room for a bend of 6 m radius and more.
 */
const MEETS_BEYOND_M = 8.5;
/** Least length of the pieces of the ring between them, m. */
const PIECE_MIN_M = 8;

const meetsM = (asideM: number): number => asideM + MEETS_BEYOND_M;

/** Least distance along the ring between arms whose outermost lanes lie that far aside. */
export const armsApartM = (asideM: number): number => 2 * meetsM(asideM) + PIECE_MIN_M;

/** From the ring's outer border to where the arms end, m: room to turn in and out. */
export const ROUNDABOUT_ARM_M = 13;
const RING_SHOULDER_M = 0.5;

/** Radius of the ring's outer border. */
export const outerRadiusM = ({ radiusM, laneCount, laneWidthM }: Roundabout): number =>
  radiusM + laneCount * laneWidthM;

/**
 * A one-way ring. Each arm has a junction of its own in which the ring goes through, who drives in yields and
 * who leaves parts; between them lie pieces of the ring.
 */
export function makeRoundabout(id: string, arms: readonly Arm[], plan: Roundabout): JunctionParts {
  const around = arms
    .map((arm) => ({ arm, yaw: wrapRad(arm.pose.yawRad) }))
    .sort((a, b) => a.yaw - b.yaw);
  const middleM = plan.radiusM + (plan.laneCount * plan.laneWidthM) / 2;
  const asideM = Math.max(
    ...arms.flatMap((arm) => [...arm.into, ...arm.out].map((lane) => lane.asideM)),
  );
  const meetsRad = meetsM(asideM) / middleM;
  const pieces = around.map(({ yaw }, k) => {
    const next = around[(k + 1) % around.length]!.yaw + (k + 1 === around.length ? 2 * Math.PI : 0);
    return ringPiece(plan, {
      id: `${id}r${k}`,
      fromRad: yaw + meetsRad,
      toRad: next - meetsRad,
      junctions: [`${id}j${k}`, `${id}j${(k + 1) % around.length}`],
    });
  });
  const roads: OdrRoad[] = [...pieces];
  const junctions: OdrJunction[] = [];
  const furniture = new Map<string, Controlled>();
  for (const [k, { arm, yaw }] of around.entries()) {
    const junctionId = `${id}j${k}`;
    const into = { road: pieces.at(k - 1)!, contact: "END", yaw: yaw - meetsRad } as const;
    const out = { road: pieces[k]!, contact: "START", yaw: yaw + meetsRad } as const;
    const { made, priorities } = waysAt(junctionId, arm, plan, into, out);
    roads.push(...made.map(({ road }) => road));
    junctions.push({
      id: junctionId,
      name: "",
      type: "DEFAULT",
      connections: made.map(({ connection }, i) => ({ ...connection, id: String(i) })),
      priorities,
      controllers: [],
    });
    const control = { kind: "YIELD", mainRoads: [], walkRoads: plan.walkRoads, farLights: false };
    for (const [roadId, own] of controlArms(junctionId, [arm], { ...control, kind: "YIELD" })
      .furniture)
      furniture.set(roadId, own);
  }
  return { junctions, controllers: [], roads, furniture };
}

type RingEnd = { readonly road: OdrRoad; readonly contact: "START" | "END"; readonly yaw: number };

type Piece = {
  readonly id: string;
  readonly fromRad: number;
  readonly toRad: number;
  readonly junctions: readonly [string, string];
};

const onCircle = (plan: Roundabout, radiusM: number, yawRad: number): LinePose => ({
  xM: plan.xM + radiusM * Math.cos(yawRad),
  yM: plan.yM + radiusM * Math.sin(yawRad),
  yawRad: yawRad + Math.PI / 2,
  curvatureInvm: 1 / radiusM,
});

function ringPiece(plan: Roundabout, { id, fromRad, toRad, junctions }: Piece): OdrRoad {
  const line = startLine(onCircle(plan, plan.radiusM, fromRad));
  addArc(line, 1 / plan.radiusM, (toRad - fromRad) * plan.radiusM);
  const strip = (type: string, widthM: number, mark: string): Strip => ({
    type,
    fromM: 0,
    toM: line.lengthM,
    width: [[0, widthM]],
    marks: [{ sM: 0, type: mark }],
    ...(type === "sidewalk" ? { heightM: plan.kerbM } : {}),
  });
  return newRoad({
    id,
    planView: line.pieces,
    types: [{ sM: 0, type: "town", speed: { maxMps: plan.limitMps } }],
    elevation: plan.heightM === 0 ? [] : [{ sM: 0, a: plan.heightM, b: 0, c: 0, d: 0 }],
    predecessor: { kind: "JUNCTION", junctionId: junctions[0] },
    successor: { kind: "JUNCTION", junctionId: junctions[1] },
    sides: {
      left: [],
      right: [
        ...Array.from({ length: plan.laneCount }, (_, i) =>
          strip("driving", plan.laneWidthM, i + 1 < plan.laneCount ? "broken" : "none"),
        ),
        strip("shoulder", RING_SHOULDER_M, "none"),
        ...(plan.sidewalkM > 0 ? [strip("sidewalk", plan.sidewalkM, "none")] : []),
      ],
      middle: [{ sM: 0, type: "solid" }],
    },
  });
}

function ringLaneEnd(plan: Roundabout, end: RingEnd, lane: number): WayEnd {
  const radiusM = plan.radiusM + (lane + 0.5) * plan.laneWidthM;
  const ringLane: ArmLane = {
    id: -lane - 1,
    type: "driving",
    asideM: (lane + 0.5) * plan.laneWidthM,
    widthM: plan.laneWidthM,
  };
  const { road, contact } = end;
  return { road, contact, lane: ringLane, pose: onCircle(plan, radiusM, end.yaw) };
}

function waysAt(
  junctionId: string,
  arm: Arm,
  plan: Roundabout,
  into: RingEnd,
  out: RingEnd,
): { readonly made: readonly Connecting[]; readonly priorities: OdrJunction["priorities"] } {
  const made: Connecting[] = [];
  const add = (from: WayEnd, to: WayEnd, corner: readonly CornerStrip[] = []): string => {
    const id = `${junctionId}w${made.length}`;
    made.push(connectingRoad({ id, junctionId, from, to, heightM: plan.heightM, corner }));
    return id;
  };
  const outermost = plan.laneCount - 1;
  const through = Array.from({ length: plan.laneCount }, (_, lane) =>
    add(ringLaneEnd(plan, into, lane), ringLaneEnd(plan, out, lane)),
  );
  for (const [i, lane] of arm.into.entries()) {
    const fromRight = arm.into.length - 1 - i;
    const ringLane = Math.max(0, outermost - fromRight);
    const corner = fromRight === 0 ? corners(arm.besideInto, plan, false) : [];
    add(intoEnd(arm, lane), ringLaneEnd(plan, out, ringLane), corner);
  }
  const priorities: { highRoadId: string; lowRoadId: string }[] = [];
  for (const [i, lane] of arm.out.entries()) {
    const fromRight = arm.out.length - 1 - i;
    if (fromRight > outermost) continue;
    const corner = fromRight === 0 ? corners(arm.besideOut, plan, true) : [];
    const ringLane = outermost - fromRight;
    const exit = add(ringLaneEnd(plan, into, ringLane), outEnd(arm, lane), corner);
    // Who leaves from an inner lane crosses the outer ones and lets those go first who stay on them.
    for (const outer of through.slice(ringLane + 1))
      priorities.push({ highRoadId: outer, lowRoadId: exit });
  }
  return { made, priorities };
}

/** Shoulder and sidewalk between arm and ring. */
function corners(beside: readonly ArmLane[], plan: Roundabout, leaves: boolean): CornerStrip[] {
  const sum = (walks: boolean) =>
    beside
      .filter(({ type }) => (type === "sidewalk") === walks)
      .reduce((all, { widthM }) => all + widthM, 0);
  const between = (arm: number, ring: number): readonly [number, number] =>
    leaves ? [ring, arm] : [arm, ring];
  return [
    { type: "shoulder", widthM: between(sum(false), RING_SHOULDER_M) },
    ...(sum(true) + plan.sidewalkM > 0
      ? [
          {
            type: "sidewalk",
            widthM: between(sum(true), plan.sidewalkM),
            heightM: plan.kerbM,
          },
        ]
      : []),
  ];
}
