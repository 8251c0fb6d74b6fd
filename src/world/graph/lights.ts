import type { GraphSignal } from "../../contract/lane-graph.ts";
import type { OdrRoad, OdrSignal, OpenDrive } from "../opendrive/model.ts";
import { frameAt } from "./cross-section.ts";
import { type Demand, isVehicleLight } from "./governed.ts";
import type { Joints } from "./joints.ts";
import { roadPoint } from "./placed.ts";
import type { SampledLane } from "./sample-lane.ts";

/** Lowest lower edge of a vehicle light's housing beside the road, m (MUTCD 2009, 4D.15: 8 ft). */
const HOUSING_MIN_M = 2.4;
/** Height of a housing of three 200 mm lamps, m, where the file gives none. */
const HOUSING_HEIGHT_M = 0.9;
/** Approaches whose directions differ less (modulo half a turn) are green together without controllers. */
const SAME_AXIS_MAX_RAD = Math.PI / 4;

export type Lights = {
  readonly signals: readonly GraphSignal[];
  readonly indexOf: ReadonlyMap<OdrSignal, number>;
};

type Light = {
  readonly road: OdrRoad;
  readonly signal: OdrSignal;
  /** Direction of the traffic that it is for, rad; unset where it governs no lane. */
  readonly travelRad?: number;
  readonly junctionId?: string;
};

/** All vehicle lights of the file, with the groups in which they change. */
export function lightsOf(
  drive: OpenDrive,
  lanes: readonly SampledLane[],
  joints: Joints,
  demands: readonly Demand[],
): Lights {
  const lights = drive.roads.flatMap((road) =>
    road.signals.filter(isVehicleLight).map((signal): Light => {
      const governed = demands.filter((demand) => demand.signal === signal);
      const entries = governed.map(({ lane }) => lanes[lane]!);
      const travelRad = meanYaw(entries.map(({ yawRad }) => yawRad.at(-1)!));
      const junctionId = junctionOf(drive, signal, road, governed, lanes, joints);
      return {
        road,
        signal,
        ...(travelRad === undefined ? {} : { travelRad }),
        ...(junctionId === undefined ? {} : { junctionId }),
      };
    }),
  );
  const groups = groupsOf(drive, lights);
  const signals = lights.map((light, index) => place(light, index, groups[index]!));
  return { signals, indexOf: new Map(lights.map(({ signal }, index) => [signal, index])) };
}

function meanYaw(yaws: readonly number[]): number | undefined {
  if (yaws.length === 0) return undefined;
  const x = yaws.reduce((sum, yaw) => sum + Math.cos(yaw), 0);
  const y = yaws.reduce((sum, yaw) => sum + Math.sin(yaw), 0);
  return Math.atan2(y, x);
}

function place(light: Light, index: number, group: number): GraphSignal {
  const { road, signal, travelRad, junctionId } = light;
  const { sM, tM, zOffsetM, hOffsetRad, orientation } = signal;
  const point = roadPoint(road, sM, tM);
  const heightM = signal.heightM ?? HOUSING_HEIGHT_M;
  const facing = frameAt(road, sM).yawRad + hOffsetRad + (orientation === "-" ? 0 : Math.PI);
  const yaw = travelRad === undefined ? facing : travelRad + Math.PI;
  return {
    index,
    id: signal.id,
    xM: point.xM,
    yM: point.yM,
    zM: point.zM + Math.max(zOffsetM, HOUSING_MIN_M) + heightM / 2,
    yawRad: Math.atan2(Math.sin(yaw), Math.cos(yaw)),
    ...(junctionId === undefined ? {} : { junctionId }),
    group,
  };
}

/** The junction that the governed lanes lead into, else that of its controller, else that of its road. */
function junctionOf(
  drive: OpenDrive,
  signal: OdrSignal,
  road: OdrRoad,
  governed: readonly Demand[],
  lanes: readonly SampledLane[],
  joints: Joints,
): string | undefined {
  for (const { lane } of governed)
    for (const next of joints.successors[lane]!) {
      const { junctionId } = lanes[next]!.road;
      if (junctionId !== undefined) return junctionId;
    }
  const controllers = controllersOf(drive, signal.id);
  const controlled = drive.junctions.find((junction) =>
    junction.controllers.some(({ id }) => controllers.includes(id)),
  );
  return controlled?.id ?? road.junctionId;
}

const controllersOf = (drive: OpenDrive, signalId: string): string[] =>
  drive.controllers
    .filter(({ controls }) => controls.some((control) => control.signalId === signalId))
    .map(({ id }) => id);

/** A group number for each light, from 0 in each junction: by controller, else by axis of travel. */
function groupsOf(drive: OpenDrive, lights: readonly Light[]): number[] {
  const ofJunction = new Map<string, { controller?: string; axisRad?: number }[]>();
  return lights.map(({ signal, travelRad, junctionId = "" }) => {
    const groups = ofJunction.get(junctionId) ?? [];
    ofJunction.set(junctionId, groups);
    const [controller] = controllersOf(drive, signal.id);
    const found = groups.findIndex((group) =>
      controller !== undefined
        ? group.controller === controller
        : group.axisRad !== undefined &&
          travelRad !== undefined &&
          axisBetween(group.axisRad, travelRad) < SAME_AXIS_MAX_RAD,
    );
    if (found >= 0) return found;
    const axis = travelRad === undefined ? {} : { axisRad: travelRad };
    groups.push(controller === undefined ? axis : { controller });
    return groups.length - 1;
  });
}

/** Angle between two directions that count as the same when reversed. 0 … π/2 */
const axisBetween = (one: number, other: number): number => {
  const apart = Math.abs(one - other) % Math.PI;
  return Math.min(apart, Math.PI - apart);
};
