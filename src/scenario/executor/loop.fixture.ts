import type { Decision } from "../../contract/decision.ts";
import { CAR } from "../../contract/maneuver.ts";
import type { Scene, SceneLane } from "../../contract/scene.ts";
import { expertDecide } from "../../expert/decide.ts";
import { giveInstruction } from "../../expert/meaning.ts";
import { anObject, aScene } from "../../expert/scene.fixture.ts";
import { type BicycleState, stepBicycle } from "../../geometry/bicycle.ts";
import { decisionOf, wishOf } from "../label-decision.ts";
import { Executor, type VehicleCommand } from "./executor.ts";
import type { ExecutorReads } from "./pace.ts";

/** Start of the decisions' clock in these tests. */
export const START_US = 1_000_000;
const STEP_US = 20_000;
const DECIDE_US = 100_000;
/** First-order lags of drive, brake and steering of the simulated vehicle. */
const LAG_S = 0.12;

export type LoopOptions = {
  readonly durationS: number;
  readonly speedMps: number;
  /** [P, 2] m, the lane's centre line; straight along +x where absent. */
  readonly centre?: Float64Array;
  readonly offsetM?: number;
  readonly limitMps?: number;
  readonly stopLineM?: number;
  readonly leadAt?: (tS: number) => { readonly xM: number; readonly speedMps: number };
  readonly reads?: ExecutorReads;
  /** Tell the executor the gap of the vehicle's own distance sensor. */
  readonly radar?: boolean;
  /** Changes a decision, or holds it back (undefined). */
  readonly meddle?: (decision: Decision, tS: number) => Decision | undefined;
};

export type LoopSample = {
  readonly tS: number;
  readonly ego: BicycleState;
  readonly accelMps2: number;
  readonly command: VehicleCommand;
  readonly gapM?: number;
};

const FOLLOW = giveInstruction("", { kind: "FOLLOW_ROAD" }, START_US, 0);

/** A straight then an arc to the left: [P, 2] m, a point each metre. */
export function straightThenArc(straightM: number, radiusM: number, arcM: number): Float64Array {
  const points: number[] = [];
  for (let s = -60; s < straightM + arcM; s++) {
    const on = Math.max(0, s - straightM) / radiusM;
    points.push(Math.min(s, straightM) + radiusM * Math.sin(on), radiusM * (1 - Math.cos(on)));
  }
  return Float64Array.from(points);
}

function sceneAt(ego: BicycleState, accelMps2: number, tS: number, options: LoopOptions): Scene {
  const lead = options.leadAt?.(tS);
  const base = aScene({
    laneCount: 1,
    ...(options.limitMps === undefined ? {} : { limitMps: options.limitMps }),
    ...(options.stopLineM === undefined ? {} : { stopLineM: options.stopLineM, state: "RED" }),
  });
  const centre = options.centre ?? straightThenArc(400, 1e9, 0);
  const lane: SceneLane = { ...base.lanes[0]!, centre };
  return {
    ...base,
    stampUs: START_US + Math.round(tS * 1e6),
    lanes: [lane],
    objects: lead ? [anObject(1, { xM: lead.xM, speedMps: lead.speedMps, lengthM: 4.6 })] : [],
    ego: { ...base.ego, ...ego, accelMps2 },
  };
}

/** The expert decides ten times a second, the executor acts fifty times, a bicycle with lag obeys. */
export function runLoop(options: LoopOptions): LoopSample[] {
  const executor = new Executor(CAR, options.reads ?? "FULL");
  let ego: BicycleState = {
    xM: 0,
    yM: options.offsetM ?? 0,
    yawRad: 0,
    speedMps: options.speedMps,
  };
  let [accelMps2, steerRad, id] = [0, 0, 0];
  const samples: LoopSample[] = [];
  for (let atUs = 0; atUs < options.durationS * 1e6; atUs += STEP_US) {
    const tS = atUs / 1e6;
    const stampUs = START_US + atUs;
    const lead = options.leadAt?.(tS);
    const gapM = lead && lead.xM - 2.3 - ego.xM - CAR.frontOverhangFromRearAxleM;
    const state = { stampUs, ...ego };
    executor.observe(state);
    if (atUs % DECIDE_US === 0) {
      const label = expertDecide(sceneAt(ego, accelMps2, tS, options), FOLLOW, 13.9);
      const time = { id: id++, stampUs, delayUs: 0, validMs: 300 };
      const made = decisionOf(wishOf(label, ego.speedMps), ego.speedMps, time);
      const decision = options.meddle ? options.meddle(made, tS) : made;
      if (decision) executor.receive(decision, stampUs);
    }
    const sees = options.radar && gapM !== undefined && lead;
    const command = executor.control(
      sees ? { ...state, lead: { gapM, speedMps: lead.speedMps } } : state,
    );
    const reached = 1 - Math.exp(-STEP_US / 1e6 / LAG_S);
    accelMps2 += (command.accelMps2 - accelMps2) * reached;
    steerRad += (command.steerRad - steerRad) * reached;
    ego = stepBicycle(ego, accelMps2, Math.tan(steerRad) / CAR.wheelbaseM, STEP_US / 1e6);
    if (ego.speedMps === 0) accelMps2 = Math.max(0, accelMps2);
    samples.push({ tS, ego, accelMps2, command, ...(gapM === undefined ? {} : { gapM }) });
  }
  return samples;
}
