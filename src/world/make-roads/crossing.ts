import type { OdrController, OdrJunction, OdrRoad } from "../opendrive/model.ts";
import type { Arm } from "./arm.ts";
import { connectingRoad, cornerBetween, intoEnd, outEnd } from "./connecting-road.ts";
import { wrapRad } from "./join-poses.ts";
import { type Control, type Controlled, controlArms } from "./road-furniture.ts";
import { waysThrough } from "./ways.ts";

export type JunctionParts = {
  readonly junctions: readonly OdrJunction[];
  readonly controllers: readonly OdrController[];
  /** Connecting roads and, in roundabouts, the ring. */
  readonly roads: readonly OdrRoad[];
  /** What stands on the arms, by road id. */
  readonly furniture: ReadonlyMap<string, Controlled>;
};

/** A crossing of three or more roads: ways from every arm to every other, and what rules them. */
export function makeCrossing(
  junctionId: string,
  arms: readonly Arm[],
  heightM: number,
  control: Control,
): JunctionParts {
  const around = arms
    .map((arm) => ({ arm, yaw: wrapRad(arm.pose.yawRad) }))
    .sort((a, b) => a.yaw - b.yaw)
    .map(({ arm }) => arm);
  const corners = new Set<string>();
  const made = waysThrough(around).map((way, i) => {
    const [from, to] = [around[way.from]!, around[way.to]!];
    const outermost = way.lane === from.into.length - 1 && way.outLane === to.out.length - 1;
    // The next arm counter-clockwise lies to the right of who drives in.
    const corner = outermost && way.to === (way.from + 1) % around.length;
    const key = `${way.from} ${way.to}`;
    const isNew = corner && !corners.has(key);
    if (isNew) corners.add(key);
    return connectingRoad({
      id: `${junctionId}${String(i).padStart(2, "0")}`,
      junctionId,
      from: intoEnd(from, from.into[way.lane]!),
      to: outEnd(to, to.out[way.outLane]!),
      heightM,
      ...(isNew ? { corner: cornerBetween(from, to) } : {}),
    });
  });
  const { furniture, controllers } = controlArms(junctionId, around, control);
  const junction: OdrJunction = {
    id: junctionId,
    name: "",
    type: "DEFAULT",
    connections: made.map(({ connection }, i) => ({ ...connection, id: String(i) })),
    priorities: [],
    controllers: controllers.map(({ id }, sequence) => ({ id, sequence })),
  };
  return { junctions: [junction], controllers, roads: made.map(({ road }) => road), furniture };
}
