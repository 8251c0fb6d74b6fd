import type { Scene } from "../../contract/scene.ts";
import { STOOD_M, STOOD_MPS } from "../along-laws.ts";
import { lanePath } from "../path.ts";
import { frontOf } from "../view.ts";
import type { RouteGuide } from "./guide.ts";

/** A sign is remembered between these distances of the front bumper to its line, m. */
const NEAR_M = 5;
const PASSED_M = -1;

/** A driver's memory of the STOP signs before which it has stood; one scene alone cannot tell. */
export class StopMemory {
  #stood: ReadonlySet<number> = new Set();

  /** The guide with what is remembered of its signs. Call it at each scene, in their order. */
  recall({ ego }: Scene, guide: RouteGuide): RouteGuide {
    const frontM = frontOf(ego) - lanePath(guide.centre, ego).sM[0]!;
    const stands = ego.speedMps < STOOD_MPS;
    const stood = new Set<number>();
    for (const { sM, kind, stopLine } of guide.stops) {
      const lineM = sM - frontM;
      if (kind !== "STOP" || lineM > NEAR_M || lineM < PASSED_M) continue;
      const standsHere = stands && lineM < STOOD_M;
      if (standsHere || this.#stood.has(stopLine)) stood.add(stopLine);
    }
    this.#stood = stood;
    const stops = guide.stops.map((stop) =>
      stop.kind === "STOP" ? { ...stop, stood: stood.has(stop.stopLine) } : stop,
    );
    return { ...guide, stops };
  }
}
