import type { OdrObject, OdrRoad } from "../opendrive/model.ts";
import { frameAt, surfacePoint } from "./cross-section.ts";

export type MapPoint = { readonly xM: number; readonly yM: number; readonly zM: number };

/** Map point of (s, t) of a road. */
export const roadPoint = (road: OdrRoad, sM: number, tM: number): MapPoint =>
  surfacePoint(frameAt(road, sM), tM);

/**
 * Outlines of an object on the map, each closed and at least three corners; an object without outlines
 * but with length and width is a rectangle around its place, its length along its heading.
 */
export function outlinesOf(road: OdrRoad, object: OdrObject): MapPoint[][] {
  const frame = frameAt(road, object.sM);
  const origin = surfacePoint(frame, object.tM);
  const yaw = frame.yawRad + object.yawRad;
  const cos = Math.cos(yaw);
  const sin = Math.sin(yaw);
  const local = (u: number, v: number): MapPoint => ({
    xM: origin.xM + cos * u - sin * v,
    yM: origin.yM + sin * u + cos * v,
    zM: origin.zM,
  });
  if (object.outlines.length === 0) {
    const { lengthM = 0, widthM = 0 } = object;
    if (lengthM <= 0 && widthM <= 0) return [];
    const [l, w] = [lengthM / 2, widthM / 2];
    return [[local(-l, -w), local(l, -w), local(l, w), local(-l, w)]];
  }
  return object.outlines
    .map((outline) =>
      outline.kind === "LOCAL"
        ? outline.corners.map(({ uM, vM }) => local(uM, vM))
        : outline.corners.map(({ sM, tM }) => roadPoint(road, sM, tM)),
    )
    .map(withoutRepeatedEnd)
    .filter((corners) => corners.length >= 2);
}

/** Files close an outline by repeating its first corner, or do not. */
function withoutRepeatedEnd(corners: readonly MapPoint[]): MapPoint[] {
  const first = corners[0];
  const last = corners.at(-1);
  const closed =
    corners.length > 1 && Math.hypot(first!.xM - last!.xM, first!.yM - last!.yM) < 1e-3;
  return corners.slice(0, closed ? -1 : undefined);
}
