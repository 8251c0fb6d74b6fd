import type {
  OdrController,
  OdrObject,
  OdrSignal,
  OdrSignalReference,
  OdrValidity,
} from "../opendrive/model.ts";
import type { Arm, ArmLane } from "./arm.ts";
import { wrapRad } from "./join-poses.ts";

/** Who goes first at a crossing, and where walkers cross. */
export type Control = {
  readonly kind: "LIGHTS" | "STOP" | "YIELD" | "NONE";
  /** Roads that have priority under STOP and YIELD; where there are none, all have the sign. */
  readonly mainRoads: readonly string[];
  /** Roads with a crosswalk before the junction. */
  readonly walkRoads: readonly string[];
  /** Lights stand beyond the junction as in America, or before it. */
  readonly farLights: boolean;
};

/** What stands on a road because of its junctions. */
export type Controlled = {
  readonly signals: readonly OdrSignal[];
  readonly signalReferences: readonly OdrSignalReference[];
  readonly objects: readonly OdrObject[];
};

/** From the edge of the junction to the crosswalk, its depth (R-FGÜ 2001: 3–4 m), and on to the line, m. */
const WALK_FROM_M = 0.8;
const WALK_DEPTH_M = 3.5;
const LINE_AFTER_WALK_M = 1;
/** Stop line's thickness, m (RMS 1993: 0.5 m). */
const LINE_THICK_M = 0.5;
/** Poles stand this far from the last lane's border, m (lateral clearance of MUTCD 2009: 0.6 m). */
const POLE_ASIDE_M = 0.6;
const LIGHT_Z_M = 2.6;
const OVERHEAD_Z_M = 5.2;
const SIGN_Z_M = 2.1;
const SIGN_TYPES = { STOP: "206", YIELD: "205" } as const;

/** How far from the junction drivers wait. */
export const stopDistanceM = (walk: boolean): number =>
  (walk ? WALK_FROM_M + WALK_DEPTH_M + LINE_AFTER_WALK_M : WALK_FROM_M) + LINE_THICK_M / 2;

export function controlArms(
  junctionId: string,
  arms: readonly Arm[],
  control: Control,
): {
  readonly furniture: ReadonlyMap<string, Controlled>;
  readonly controllers: readonly OdrController[];
} {
  const furniture = new Map<string, Controlled>();
  const put = (arm: Arm, more: Partial<Controlled>) => {
    const { signals = [], signalReferences = [], objects = [] } = more;
    const own = furniture.get(arm.road.id);
    furniture.set(arm.road.id, {
      signals: [...(own?.signals ?? []), ...signals],
      signalReferences: [...(own?.signalReferences ?? []), ...signalReferences],
      objects: [...(own?.objects ?? []), ...objects],
    });
  };
  const groups = groupsOf(arms);
  const ofGroup = new Map<number, string[]>();
  for (const [i, arm] of arms.entries()) {
    const walk = control.walkRoads.includes(arm.road.id);
    if (walk) put(arm, { objects: [crosswalk(`${junctionId}w${i}`, arm)] });
    if (arm.into.length === 0) continue;
    const waits =
      control.kind === "LIGHTS" ||
      (control.kind !== "NONE" && !control.mainRoads.includes(arm.road.id));
    if (!waits) continue;
    const sM = stopDistanceM(walk);
    put(arm, { objects: [stopLine(`${junctionId}s${i}`, arm, sM)] });
    if (control.kind === "STOP" || control.kind === "YIELD")
      put(arm, { signals: [sign(`${junctionId}v${i}`, arm, sM, SIGN_TYPES[control.kind])] });
    if (control.kind !== "LIGHTS") continue;
    const id = `${junctionId}l${i}`;
    const far = control.farLights ? opposite(arms, i) : undefined;
    const ids = ofGroup.get(groups[i]!) ?? [];
    ofGroup.set(groups[i]!, ids);
    ids.push(id);
    if (far) {
      put(far, { signals: [farLight(id, far)] });
      put(arm, { signalReferences: [reference(id, arm, sM)] });
    } else put(arm, { signals: [light(id, arm, sM, "BESIDE")] });
    if (arm.into.length < 2) continue;
    ids.push(`${id}o`);
    put(arm, { signals: [light(`${id}o`, arm, sM, "ABOVE")] });
  }
  const controllers = [...ofGroup.entries()]
    .sort(([a], [b]) => a - b)
    .map(
      ([group, ids]): OdrController => ({
        id: `${junctionId}c${group}`,
        name: "",
        sequence: group,
        controls: ids.map((signalId) => ({ signalId, type: "0" })),
      }),
    );
  return { furniture, controllers };
}

/** Arms less than this from opposite share a phase. */
const OPPOSITE_MAX_RAD = Math.PI / 4;

const isOpposite = (one: Arm, other: Arm): boolean =>
  Math.abs(wrapRad(one.pose.yawRad - other.pose.yawRad - Math.PI)) < OPPOSITE_MAX_RAD;

function opposite(arms: readonly Arm[], index: number): Arm | undefined {
  return arms.find((arm, i) => i !== index && isOpposite(arms[index]!, arm));
}

/** Number of the phase of each arm: opposite arms share one. */
function groupsOf(arms: readonly Arm[]): number[] {
  const leaders: Arm[] = [];
  return arms.map((arm) => {
    const found = leaders.findIndex((leader) => isOpposite(leader, arm));
    return found >= 0 ? found : leaders.push(arm) - 1;
  });
}

/** Place along and aside of the arm's road, for s from the junction and t seen outwards. */
function onRoad(arm: Arm, fromEdgeM: number, leftM: number) {
  return arm.contact === "START"
    ? { sM: fromEdgeM, tM: leftM }
    : { sM: arm.road.lengthM - fromEdgeM, tM: -leftM };
}

const outer = (lanes: readonly ArmLane[]): number =>
  Math.max(0, ...lanes.map(({ asideM, widthM }) => asideM + widthM / 2));
const inner = (lanes: readonly ArmLane[]): number =>
  Math.min(...lanes.map(({ asideM, widthM }) => asideM - widthM / 2));
/** Where the sidewalk begins, else where the road ends. */
const kerbside = (lanes: readonly ArmLane[], beside: readonly ArmLane[]): number =>
  outer([...lanes, ...beside.filter(({ type }) => type !== "sidewalk")]);

const orientation = (arm: Arm) => (arm.contact === "START" ? "-" : "+");

const validityOf = (arm: Arm): OdrValidity[] => {
  const ids = arm.into.map(({ id }) => id);
  return [{ fromLane: Math.min(...ids), toLane: Math.max(...ids) }];
};

const SIGNAL = {
  name: "",
  hOffsetRad: 0,
  country: "OpenDRIVE",
  subtype: "-1",
  text: "",
} as const;

/** Three lamps of 200 mm in one housing, m. */
const HOUSING = { heightM: 0.9, widthM: 0.3 } as const;

function light(id: string, arm: Arm, fromEdgeM: number, where: "BESIDE" | "ABOVE"): OdrSignal {
  const above = where === "ABOVE";
  const asideM = above
    ? (inner(arm.into) + outer(arm.into)) / 2
    : kerbside(arm.into, arm.besideInto) + POLE_ASIDE_M;
  return {
    ...SIGNAL,
    ...HOUSING,
    id,
    ...onRoad(arm, fromEdgeM, asideM),
    zOffsetM: above ? OVERHEAD_Z_M : LIGHT_Z_M,
    orientation: orientation(arm),
    dynamic: true,
    type: "1000001",
    validity: validityOf(arm),
  };
}

/** A light that stands on the arm opposite to the traffic it is for; no lane of that arm obeys it. */
const farLight = (id: string, arm: Arm): OdrSignal => ({
  ...SIGNAL,
  ...HOUSING,
  id,
  ...onRoad(arm, WALK_FROM_M, -(kerbside(arm.out, arm.besideOut) + POLE_ASIDE_M)),
  zOffsetM: LIGHT_Z_M,
  orientation: orientation(arm),
  dynamic: true,
  type: "1000001",
  validity: [{ fromLane: 0, toLane: 0 }],
});

const reference = (signalId: string, arm: Arm, fromEdgeM: number): OdrSignalReference => ({
  signalId,
  ...onRoad(arm, fromEdgeM, kerbside(arm.into, arm.besideInto)),
  orientation: orientation(arm),
  validity: validityOf(arm),
});

const sign = (id: string, arm: Arm, fromEdgeM: number, type: string): OdrSignal => ({
  ...SIGNAL,
  id,
  ...onRoad(arm, fromEdgeM, kerbside(arm.into, arm.besideInto) + POLE_ASIDE_M),
  zOffsetM: SIGN_Z_M,
  orientation: orientation(arm),
  dynamic: false,
  type,
  heightM: 0.9,
  widthM: 0.9,
  validity: validityOf(arm),
});

const OBJECT = { zOffsetM: 0, yawRad: 0, orientation: "none", validity: [] } as const;

/** A rectangle in road coordinates, between two distances from the edge and two offsets seen outwards. */
function box(arm: Arm, nearM: number, farM: number, rightM: number, leftM: number) {
  const corners = [
    onRoad(arm, nearM, rightM),
    onRoad(arm, farM, rightM),
    onRoad(arm, farM, leftM),
    onRoad(arm, nearM, leftM),
  ].map((place) => ({ ...place, dzM: 0, heightM: 0 }));
  return [{ kind: "ROAD", corners } as const];
}

const crosswalk = (id: string, arm: Arm): OdrObject => {
  const leftM = kerbside(arm.into, arm.besideInto);
  const rightM = -kerbside(arm.out, arm.besideOut);
  return {
    ...OBJECT,
    id,
    name: "",
    type: "crosswalk",
    ...onRoad(arm, WALK_FROM_M + WALK_DEPTH_M / 2, (leftM + rightM) / 2),
    outlines: box(arm, WALK_FROM_M, WALK_FROM_M + WALK_DEPTH_M, rightM, leftM),
  };
};

const stopLine = (id: string, arm: Arm, fromEdgeM: number): OdrObject => {
  const [rightM, leftM] = [inner(arm.into), outer(arm.into)];
  const half = LINE_THICK_M / 2;
  return {
    ...OBJECT,
    id,
    name: "stopLine",
    type: "roadMark",
    ...onRoad(arm, fromEdgeM, (rightM + leftM) / 2),
    outlines: box(arm, fromEdgeM - half, fromEdgeM + half, rightM, leftM),
  };
};
