import type { LaneGraph } from "../../contract/lane-graph.ts";
import type { Scene } from "../../contract/scene.ts";
import type { Infraction } from "./infraction.ts";

/** CARLA asks for a standstill below this speed before a stop sign, m/s. */
const STOPPED_MPS = 0.1;
/** A standstill counts where the front bumper is this near to the line, m. */
const STOP_ZONE_M = 5;
/** Lines are crossed in their own direction only, rad. */
const ALONG_RAD = 0.9;
/** Lines are made longer so that nobody slips past their ends, m. */
const REACH_M = 0.4;

type Point = { readonly xM: number; readonly yM: number };

/** Watches the front bumper cross stop lines: on red, or without having stood at a sign. */
export class LineWatch {
  readonly #graph: LaneGraph;
  readonly #frontM: number;
  readonly #stoodAt = new Set<number>();
  #before: Point | undefined;

  constructor(graph: LaneGraph, frontFromRearAxleM: number) {
    this.#graph = graph;
    this.#frontM = frontFromRearAxleM;
  }

  /** Whether ego has stood before this sign and has not passed it since. */
  hasStoodAt(stopLine: number): boolean {
    return this.#stoodAt.has(stopLine);
  }

  /** Breaches of this step; call it at every step. */
  observe(scene: Scene, tS: number): Infraction[] {
    const { ego } = scene;
    const now = {
      xM: ego.xM + this.#frontM * Math.cos(ego.yawRad),
      yM: ego.yM + this.#frontM * Math.sin(ego.yawRad),
    };
    const before = this.#before;
    this.#before = now;
    if (before === undefined) return [];
    const out: Infraction[] = [];
    for (const line of this.#graph.stopLines) {
      const along = Math.atan2(line.y0M - line.y1M, line.x0M - line.x1M) - Math.PI / 2;
      const turn = Math.atan2(Math.sin(ego.yawRad - along), Math.cos(ego.yawRad - along));
      if (Math.abs(turn) > ALONG_RAD) continue;
      if (line.kind === "STOP" && ego.speedMps < STOPPED_MPS && isBefore(line, now, along))
        this.#stoodAt.add(line.index);
      if (!crosses(line, before, now)) continue;
      const breach = this.#breach(line, scene);
      if (breach !== undefined) out.push({ ...breach, tS, xM: now.xM, yM: now.yM });
      this.#stoodAt.delete(line.index);
    }
    return out;
  }

  #breach(
    line: LaneGraph["stopLines"][number],
    scene: Scene,
  ): Pick<Infraction, "kind" | "detail"> | undefined {
    if (line.kind === "STOP" && !this.#stoodAt.has(line.index))
      return { kind: "STOP_SIGN", detail: `stop line ${line.index} passed without standing` };
    if (line.kind !== "LIGHT") return undefined;
    const red = line.signals.find((i) => scene.signals.find((s) => s.id === i)?.state === "RED");
    if (red === undefined) return undefined;
    return { kind: "RED_LIGHT", detail: `stop line ${line.index} passed at ${mps(scene)} on red` };
  }
}

const mps = (scene: Scene): string => `${scene.ego.speedMps.toFixed(1)} m/s`;

type Ends = Pick<LaneGraph["stopLines"][number], "x0M" | "y0M" | "x1M" | "y1M">;

function crosses(line: Ends, a: Point, b: Point): boolean {
  const lx = line.x1M - line.x0M;
  const ly = line.y1M - line.y0M;
  const length = Math.hypot(lx, ly) || 1;
  const side = (p: Point) => (lx * (p.yM - line.y0M) - ly * (p.xM - line.x0M)) / length;
  const [sa, sb] = [side(a), side(b)];
  if (sa === sb || sa < 0 === sb < 0) return false;
  const t = sa / (sa - sb);
  const x = a.xM + (b.xM - a.xM) * t - line.x0M;
  const y = a.yM + (b.yM - a.yM) * t - line.y0M;
  const along = (x * lx + y * ly) / length;
  return along > -REACH_M && along < length + REACH_M;
}

function isBefore(line: Ends, p: Point, alongRad: number): boolean {
  const dx = (line.x0M + line.x1M) / 2 - p.xM;
  const dy = (line.y0M + line.y1M) / 2 - p.yM;
  const ahead = dx * Math.cos(alongRad) + dy * Math.sin(alongRad);
  const aside = Math.abs(-dx * Math.sin(alongRad) + dy * Math.cos(alongRad));
  return ahead > -0.3 && ahead < STOP_ZONE_M && aside < 4;
}
