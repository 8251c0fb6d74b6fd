import type { LaneGraph } from "../../contract/lane-graph.ts";
import type { Scene } from "../../contract/scene.ts";
import type { Film, FilmFrame } from "./result.ts";

const FRAME_S = 0.2;
/** Kept before and after the first failure, s. */
const BEFORE_S = 8;
const AFTER_S = 1.6;
const REACH_M = 60;

const cm = (x: number): number => Math.round(x * 100) / 100;

/** Keeps the last seconds, so that a failure can be looked at from above. */
export class FilmRoll {
  #frames: FilmFrame[] = [];
  #lastS = Number.NEGATIVE_INFINITY;
  #failedS: number | undefined;
  readonly #middleM: number;

  /** `middleM`: from ego's rear axle to the middle of its box. */
  constructor(middleM: number) {
    this.#middleM = middleM;
  }

  add(scene: Scene, tS: number): void {
    if (tS - this.#lastS < FRAME_S - 1e-9) return;
    if (this.#failedS !== undefined && tS > this.#failedS + AFTER_S) return;
    this.#lastS = tS;
    this.#frames.push(this.#frameOf(scene, tS));
    if (this.#failedS === undefined)
      while (this.#frames[0]!.tS < tS - BEFORE_S) this.#frames.shift();
  }

  /** Only the first failure is kept. */
  markFailure(tS: number): void {
    this.#failedS ??= tS;
  }

  /** The film of the failure; `endFailed`: the run ended badly, so its last seconds are the film. */
  develop(graph: LaneGraph, endFailed: boolean): Film | undefined {
    if (this.#frames.length === 0 || (this.#failedS === undefined && !endFailed)) return undefined;
    return { frames: this.#frames, lanes: lanesAround(graph, this.#frames) };
  }

  #frameOf(scene: Scene, tS: number): FilmFrame {
    const { ego } = scene;
    const near = (x: number, y: number) => Math.hypot(x - ego.xM, y - ego.yM) < REACH_M;
    return {
      tS: cm(tS),
      egoMps: cm(ego.speedMps),
      ego: [
        cm(ego.xM + this.#middleM * Math.cos(ego.yawRad)),
        cm(ego.yM + this.#middleM * Math.sin(ego.yawRad)),
        cm(ego.yawRad),
        ego.lengthM,
        ego.widthM,
      ],
      objects: scene.objects
        .filter((o) => near(o.xM, o.yM))
        .map((o) => [o.kind, cm(o.xM), cm(o.yM), cm(o.yawRad), cm(o.lengthM), cm(o.widthM)]),
      signals: scene.signals
        .filter((s) => near(s.xM, s.yM))
        .map((s) => [cm(s.xM), cm(s.yM), s.state]),
    };
  }
}

function lanesAround(graph: LaneGraph, frames: readonly FilmFrame[]): Film["lanes"] {
  const at = frames[frames.length - 1]!.ego;
  const out: { widthM: number; points: number[] }[] = [];
  for (const lane of graph.lanes) {
    if (lane.kind !== "DRIVING") continue;
    const points: number[] = [];
    for (let i = 0; i < lane.xM.length; i++)
      if (Math.hypot(lane.xM[i]! - at[0]!, lane.yM[i]! - at[1]!) < 1.6 * REACH_M)
        points.push(cm(lane.xM[i]!), cm(lane.yM[i]!));
    if (points.length > 2) out.push({ widthM: cm(lane.widthM[0]!), points });
  }
  return out;
}
