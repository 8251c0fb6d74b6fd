import type { OdrCubic, OdrGeometry, OdrRoad } from "../opendrive/model.ts";
import { type Sides, sectionsOf } from "./strips.ts";

type Parts = Pick<OdrRoad, "id"> &
  Partial<
    Pick<
      OdrRoad,
      | "name"
      | "junctionId"
      | "predecessor"
      | "successor"
      | "types"
      | "elevation"
      | "signals"
      | "signalReferences"
      | "objects"
    >
  > & {
    readonly planView: readonly OdrGeometry[];
    readonly laneOffset?: readonly OdrCubic[];
    readonly sides: Sides;
  };

/** Length of a reference line. m */
export function lengthOf(planView: readonly OdrGeometry[]): number {
  const last = planView.at(-1)!;
  return last.sM + last.lengthM;
}

/** A road for right-hand traffic out of its strips. */
export function newRoad({ sides, planView, ...parts }: Parts): OdrRoad {
  const lengthM = lengthOf(planView);
  return {
    name: "",
    rule: "RHT",
    types: [],
    elevation: [],
    superelevation: [],
    laneOffset: [],
    signals: [],
    signalReferences: [],
    objects: [],
    ...parts,
    lengthM,
    planView,
    sections: sectionsOf(lengthM, sides),
  };
}
