import type { RuleHit, SafetyResult, Verdict } from "../contract/decision.ts";
import { ConfigError } from "../contract/errors.ts";
import {
  CAR,
  type Rationale,
  SPEED_STEP_MPS,
  SPEED_TOKEN_COUNT,
  type VehicleProfile,
} from "../contract/maneuver.ts";
import type { ObstacleField } from "../contract/obstacle.ts";
import { AbsenceClock } from "./absence.ts";
import { boundProposal, responseTo, type Watched } from "./bound.ts";
import type { SafetyInput, SupervisorOptions } from "./input.ts";
import { type Intake, type IntakeTime, takeIn } from "./intake.ts";
import {
  ACCEL_MAX_MPS2,
  BLIND_STANDSTILL_US,
  BRAKE_MIN_MPS2,
  CLEAN_TICKS,
  RESPONSE_TIME_S,
  STANDSTILL_MPS,
} from "./limits.ts";
import { ModeMachine } from "./mode-machine.ts";
import { statedBraking } from "./rss.ts";
import { type Demand, demand, rankOf } from "./rule.ts";
import { CheckList } from "./s00-default-deny.ts";
import { isObstacleValid } from "./s02-validity.ts";
import { StreamWatch, TickClock, usablePeriodUs } from "./s03-freshness.ts";
import { type Response, s07Demand } from "./s07-longitudinal.ts";
import { boxDemand, boxLengthM, pointThreat, ttcDemand } from "./s13-corridor-box.ts";
import { clipToEnvelope, type Envelope } from "./s15-envelope.ts";
import { speedCapMps, speedLimitDemand, speedLimitProblem } from "./s17-speed-limit.ts";
import { Ladder, RUNGS, type Rung } from "./s21-ladder.ts";
import { lastResort, ownStop, steady } from "./s22-own-stop.ts";
import { resultProblem } from "./s24-sealable.ts";
import { SweptPath } from "./swept-path.ts";
import { threatOf } from "./threats.ts";

export type { SafetyInput, SafetyStream, SupervisorOptions } from "./input.ts";

const SPEED_MAX_MPS = SPEED_STEP_MPS * (SPEED_TOKEN_COUNT - 1);
/** The path is judged this much further than the ego needs to stop: oncoming traffic needs more. */
const HORIZON_EXTRA_M = 10;
const HORIZON_RATIO = 2;

/** The plan as a whole would come too near within its three seconds, though this tick is safe. */
const yieldHit = (wantedMps2: number, capMps2: number): RuleHit => {
  const detail = `plan accelerates by up to ${wantedMps2.toFixed(2)} m/s², its distances hold up to ${capMps2.toFixed(2)}`;
  return demand("S07", "NORMAL", wantedMps2, capMps2, "mps2", detail).hit;
};

/** What the supervisor remembers from tick to tick; reset() replaces it as a whole. */
class Memory {
  readonly machine = new ModeMachine();
  readonly ladder = new Ladder();
  readonly absence = new AbsenceClock();
  readonly watch = new StreamWatch();
  readonly clock = new TickClock();
  /** Last measured speed, undefined before the first ego state. */
  knownMps: number | undefined;
  /** Speed reckoned from the last known one and the braking asked for since. */
  reckonedMps = SPEED_MAX_MPS;
  egoAccelMps2 = 0;
  commandedMps2 = 0;
  /** First curvature of the last decision and when it was made, tUs. */
  curvatureInvm = 0;
  decidedUs: number | undefined;
  /** Bound of the last obstacles seen; stays while there is no field. */
  sightBoundMps2 = ACCEL_MAX_MPS2;
  /** When the reckoned standstill began, tUs. */
  reckonedStandUs: number | undefined;
}

/** What is ahead, judged against one intended motion. */
type Ahead = {
  readonly watched: readonly Watched[];
  readonly demands: readonly Demand[];
  readonly boundMps2: number;
  readonly stage: Response["stage"];
  readonly cause: Rationale;
};

/** Judges one proposal per tick and decides what is driven instead where it must. */
export class Supervisor {
  readonly #vehicle: VehicleProfile;
  readonly #accelMaxMps2: number;
  readonly #speedMaxMps: number;
  #memory = new Memory();

  constructor(options: SupervisorOptions = {}) {
    this.#vehicle = options.vehicle ?? CAR;
    this.#accelMaxMps2 = tightened("accelMaxMps2", options.accelMaxMps2, ACCEL_MAX_MPS2);
    this.#speedMaxMps = tightened("speedMaxMps", options.speedMaxMps, SPEED_MAX_MPS);
  }

  /** A new run cycle: the only way out of HOLD. */
  reset(): void {
    this.#memory = new Memory();
  }

  /** Never throws: what goes wrong in here becomes a minimal-risk maneuver. */
  supervise(input: SafetyInput): SafetyResult {
    try {
      const result = this.#judge(input);
      const problem = resultProblem(result, this.#vehicle);
      return problem === undefined ? result : this.#fail("S24", `not sealable: ${problem}`);
    } catch (error) {
      return this.#fail("S00", `internal error: ${error instanceof Error ? error.message : "?"}`);
    }
  }

  #fail(rule: "S00" | "S24", detail: string): SafetyResult {
    const m = this.#memory;
    const speed = m.knownMps === undefined ? 0 : m.reckonedMps;
    m.machine.latch();
    const held = m.machine.held;
    const result = lastResort(speed, m.curvatureInvm, rule, detail, held, this.#vehicle);
    m.commandedMps2 = result.accelLimitMps2;
    return result;
  }

  #judge(input: SafetyInput): SafetyResult {
    const m = this.#memory;
    const demands: Demand[] = [];
    const checks = new CheckList();
    const periodUs = usablePeriodUs(input.periodUs);
    const { time, dtUs } = this.#readClock(input, periodUs, demands, checks);
    const intake = takeIn(input, time, m.watch, m.absence, this.#vehicle);
    demands.push(...intake.demands);
    const limitProblem = speedLimitProblem(input.speedLimitMps);
    if (limitProblem !== undefined) demands.push(limitProblem);

    const { speedMps, checkedMps, standing } = this.#reckon(intake, time.tUs, dtUs);
    const envelope = this.#envelope(intake, checkedMps, time.tUs);
    const wantedMps2 = envelope.accelMps2[0]!;
    const ahead = this.#lookAhead(input.obstacles, envelope, checkedMps, wantedMps2);
    demands.push(...ahead.demands);
    if (intake.ego !== undefined) checks.pass("ego");
    if (intake.sighted && intake.sightAbsentUs === 0) checks.pass("sight");
    if (intake.proposal !== undefined) checks.pass("proposal");
    checks.pass("envelope");
    checks.pass("corridor");
    const denied = checks.demand();
    if (denied !== undefined) demands.push(denied);

    const blind = intake.egoAbsentUs > 0 || intake.sightAbsentUs > 0;
    const mode = m.machine.step(demands, standing);
    const rank = rankOf(mode);
    const hits = demands.map((d) => d.hit);
    if (rank > 0 && hits.every((hit) => rankOf(hit.mode) < rank) && !m.machine.latched) {
      const detail = `recovering: ${m.machine.cleanTicks} of ${CLEAN_TICKS} clean ticks`;
      hits.push(demand("S00", mode, m.machine.cleanTicks, CLEAN_TICKS, "", detail).hit);
    }
    const boundMps2 = Math.min(envelope.accelMaxMps2, ahead.boundMps2);

    if (rank < rankOf("COMFORT_STOP") && intake.proposal !== undefined) {
      m.ladder.leave();
      const { maneuver, trajectory } = intake.proposal;
      const cap = speedCapMps(input.speedLimitMps, this.#speedMaxMps);
      hits.push(...envelope.demands.map((d) => d.hit));
      const overLimit = speedLimitDemand(maneuver.targetSpeedMps, cap);
      if (overLimit !== undefined) hits.push(overLimit.hit);
      const bounded = boundProposal(maneuver, trajectory, envelope, {
        speedMps,
        standing,
        accelMaxMps2: boundMps2,
        caution: mode === "CAUTION",
        speedCapMps: cap,
        watched: ahead.watched,
        cause: ahead.cause,
      });
      if (bounded.yieldMps2 !== undefined && !hits.some((hit) => hit.rule === "S07"))
        hits.push(yieldHit(Math.max(...envelope.accelMps2), bounded.yieldMps2));
      this.#remember(bounded.trajectory.curvatureInvm[0]!, time.tUs);
      m.commandedMps2 = bounded.trajectory.accelMps2[0]!;
      return {
        mode,
        verdict: bounded.unchanged ? "APPROVED" : "MODIFIED",
        hits,
        maneuver: bounded.maneuver,
        trajectory: bounded.trajectory,
        hazardLights: false,
        accelLimitMps2: bounded.accelLimitMps2,
      };
    }

    m.ladder.descend(this.#rungFor(mode, blind, ahead.stage), time.tUs, m.egoAccelMps2);
    // An emergency brake for a threat is no rung: it ends with the threat.
    const threatMps2 = Math.min(0, ahead.boundMps2);
    const ramp = m.ladder.profile(time.tUs).map((a) => Math.min(a, threatMps2));
    const keepsLane =
      intake.proposal !== undefined && FOLLOWS_ROAD.has(intake.proposal.maneuver.lateral);
    const curvatures = keepsLane ? envelope.curvatureInvm : steady(m.curvatureInvm);
    const cause = ahead.boundMps2 < 0 ? ahead.cause : "NONE";
    const plan = ownStop(speedMps, ramp, curvatures, standing, cause, this.#vehicle);
    m.commandedMps2 = ramp[0]!;
    this.#remember(plan.trajectory.curvatureInvm[0]!, time.tUs);
    if (m.machine.latched) hits.push(ladderHit(mode, m.ladder.rung!));
    const verdict: Verdict = intake.refused ? "REFUSED" : "REPLACED";
    return {
      mode,
      verdict,
      hits,
      ...plan,
      hazardLights: m.machine.latched,
      accelLimitMps2: standing ? 0 : plan.trajectory.accelMps2[0]!,
    };
  }

  /** Usable now and stamp; a clock that is no number is a demand and not a time. */
  #readClock(input: SafetyInput, periodUs: number, demands: Demand[], checks: CheckList) {
    const finite = [input.nowUs, input.stampUs].every(Number.isFinite);
    const fallbackUs = Number.isFinite(input.nowUs) ? input.nowUs : 0;
    const stampUs = Number.isFinite(input.stampUs) ? input.stampUs : fallbackUs;
    const nowUs = Number.isFinite(input.nowUs) ? input.nowUs : stampUs;
    const step = this.#memory.clock.step(input.nowUs, periodUs);
    if (step.demand !== undefined) demands.push(step.demand);
    if (!finite || periodUs !== input.periodUs) {
      const detail = `finite now, stamp and period expected, found ${input.nowUs}, ${input.stampUs}, ${input.periodUs}`;
      demands.push(demand("S02", "COMFORT_STOP", 1, 0, "", detail));
    } else if (step.demand === undefined) checks.pass("clock");
    const time: IntakeTime = { nowUs, stampUs, tUs: step.tUs, periodUs };
    return { time, dtUs: step.dtUs };
  }

  /**
   * Speeds to plan with and to judge by. Without an ego state the plan starts at the reckoned
   * speed, and the judging speed is the fastest the vehicle can have become.
   */
  #reckon(intake: Intake, tUs: number, dtUs: number) {
    const m = this.#memory;
    const ego = intake.ego;
    if (ego !== undefined) {
      const speedMps = Math.max(0, ego.speedMps);
      m.knownMps = speedMps;
      m.reckonedMps = speedMps;
      m.egoAccelMps2 = ego.accelMps2;
      m.reckonedStandUs = undefined;
      const standing = Math.abs(ego.speedMps) < STANDSTILL_MPS;
      return { speedMps, checkedMps: speedMps, standing };
    }
    m.egoAccelMps2 = m.commandedMps2;
    m.reckonedMps = Math.max(0, m.reckonedMps + (Math.min(0, m.commandedMps2) * dtUs) / 1e6);
    if (m.reckonedMps === 0) m.reckonedStandUs ??= tUs;
    const stoodUs = m.reckonedStandUs === undefined ? 0 : tUs - m.reckonedStandUs;
    const gainedMps = (ACCEL_MAX_MPS2 * intake.egoAbsentUs) / 1e6;
    const knownMps = m.knownMps;
    return {
      speedMps: knownMps === undefined ? 0 : m.reckonedMps,
      checkedMps: knownMps === undefined ? 0 : Math.min(SPEED_MAX_MPS, knownMps + gainedMps),
      standing: stoodUs >= BLIND_STANDSTILL_US,
    };
  }

  /** S15 on the proposal's steps; without a proposal on "keep speed, keep curvature". */
  #envelope(intake: Intake, speedMps: number, tUs: number): Envelope {
    const m = this.#memory;
    const trajectory = intake.proposal?.trajectory;
    const last =
      m.decidedUs === undefined
        ? {}
        : { last: { curvatureInvm: m.curvatureInvm, dtS: (tUs - m.decidedUs) / 1e6 } };
    return clipToEnvelope({
      accelMps2: trajectory?.accelMps2 ?? steady(0),
      curvatureInvm: trajectory?.curvatureInvm ?? steady(m.curvatureInvm),
      speedMps,
      egoAccelMps2: m.egoAccelMps2,
      egoYawRateRadps: intake.ego?.yawRateRadps ?? 0,
      ...last,
      emergency: intake.proposal?.maneuver.longitudinal === "EMERGENCY_BRAKE",
      accelMaxMps2: this.#accelMaxMps2,
      vehicle: this.#vehicle,
    });
  }

  /** S07 and S13 on everything in the corridor of the enveloped motion. */
  #lookAhead(
    field: ObstacleField | undefined,
    envelope: Envelope,
    speedMps: number,
    wantedMps2: number,
  ): Ahead {
    const m = this.#memory;
    if (field === undefined) {
      const boundMps2 = Math.min(0, m.sightBoundMps2);
      return { watched: [], demands: [], boundMps2, stage: "FREE", cause: "NONE" };
    }
    const stopM = statedBraking({
      speedMps,
      accelMps2: ACCEL_MAX_MPS2,
      responseS: RESPONSE_TIME_S,
      brakeMps2: BRAKE_MIN_MPS2,
    });
    const horizonM = HORIZON_RATIO * stopM + HORIZON_EXTRA_M;
    const { accelMps2, curvatureInvm } = envelope;
    const path = new SweptPath(speedMps, accelMps2, curvatureInvm, horizonM, this.#vehicle);
    const watched: Watched[] = [];
    for (const obstacle of field.obstacles) {
      if (!isObstacleValid(obstacle)) continue;
      const threat = threatOf(obstacle, path, this.#vehicle);
      if (threat !== undefined) watched.push({ threat, box: false });
    }
    const frontM = this.#vehicle.frontOverhangFromRearAxleM;
    const points = pointThreat(field, path, speedMps, frontM);
    if (points !== undefined) watched.push({ threat: points, box: true });

    const demands: Demand[] = [];
    let boundMps2 = ACCEL_MAX_MPS2;
    let stage: Response["stage"] = "FREE";
    let cause: Rationale = "NONE";
    for (const w of watched) {
      const response = responseTo(speedMps, w);
      const asks = w.box
        ? boxDemand(w.threat, response, wantedMps2, boxLengthM(speedMps))
        : s07Demand(w.threat, response, wantedMps2);
      const ttc = ttcDemand(w.threat, response);
      for (const d of [asks, ttc]) if (d !== undefined) demands.push(d);
      if (cause !== "NONE" && response.accelMaxMps2 >= boundMps2) continue;
      boundMps2 = Math.min(boundMps2, response.accelMaxMps2);
      stage = response.stage;
      cause = causeOf(w);
    }
    m.sightBoundMps2 = boundMps2;
    return { watched, demands, boundMps2, stage, cause };
  }

  /** COMFORT_STOP and a lost planner stop gently; a lost sight stops in lane; a threat escalates. */
  #rungFor(mode: string, blind: boolean, stage: Response["stage"]): Rung {
    if (mode === "COMFORT_STOP" || !this.#memory.machine.latched) return 0;
    if (stage === "EMERGENCY") return 2;
    return blind || stage === "FULL" ? 1 : 0;
  }

  #remember(curvatureInvm: number, tUs: number): void {
    this.#memory.curvatureInvm = curvatureInvm;
    this.#memory.decidedUs = tUs;
  }
}

/** Laterals whose curvature follows the road and may be kept while stopping. */
const FOLLOWS_ROAD = new Set(["KEEP_LANE", "GO_STRAIGHT", "TURN_LEFT", "TURN_RIGHT"]);

/** The closed word for what stands or drives ahead. */
function causeOf({ threat }: Watched): Rationale {
  if (!threat.tracked || threat.speedMps < -STANDSTILL_MPS) return "OBSTACLE_ON_PATH";
  return threat.speedMps < 0.5 ? "LEAD_STANDING" : "LEAD_VEHICLE";
}

const ladderHit = (mode: SafetyResult["mode"], rung: Rung) => {
  const { name, brakeMps2 } = RUNGS[rung];
  return demand("S21", mode, brakeMps2, RUNGS[2].brakeMps2, "mps2", `ladder: ${name}, latched`).hit;
};

/** A configured limit that is not looser than the built-in one. */
function tightened(name: string, value: number | undefined, builtIn: number): number {
  if (value === undefined) return builtIn;
  if (value > 0 && value <= builtIn) return value;
  throw new ConfigError(
    "SAFETY_LIMIT",
    `supervisor option ${name}: at most ${builtIn} expected, found ${value}`,
  );
}
