import type { RuleHit, SafetyResult, Verdict } from "../contract/decision.ts";
import { ConfigError } from "../contract/errors.ts";
import { CAR, type VehicleProfile } from "../contract/maneuver.ts";
import type { ObstacleField } from "../contract/obstacle.ts";
import { rollOut } from "../geometry/bicycle.ts";
import { boundProposal } from "./bound.ts";
import { type Chosen, keepLane, type Way } from "./choose-path.ts";
import type { SafetyInput, SupervisorOptions } from "./input.ts";
import { type Intake, type IntakeTime, takeIn } from "./intake.ts";
import { ACCEL_MAX_MPS2, CLEAN_TICKS } from "./limits.ts";
import { lookAhead, lookBlind, watch } from "./look-ahead.ts";
import { Memory, SPEED_MAX_MPS } from "./memory.ts";
import { type Demand, demand, rankOf } from "./rule.ts";
import { CheckList } from "./s00-default-deny.ts";
import { usablePeriodUs } from "./s03-freshness.ts";
import type { Stage } from "./s07-longitudinal.ts";
import { timeGapDemands, undercutting } from "./s12-time-gap.ts";
import { clipToEnvelope, type Envelope } from "./s15-envelope.ts";
import { type Dwell, NO_DWELL } from "./s16-dwell.ts";
import { speedCapMps, speedLimitDemand, speedLimitProblem } from "./s17-speed-limit.ts";
import { confidenceDemands } from "./s19-confidence.ts";
import { RUNGS, type Rung } from "./s21-ladder.ts";
import { lastResort, ownStop, steady } from "./s22-own-stop.ts";
import { resultProblem } from "./s24-sealable.ts";
import { SweptPath } from "./swept-path.ts";

export type { SafetyInput, SafetyStream, SupervisorOptions } from "./input.ts";

/** The plan as a whole would come too near within its three seconds, though this tick is safe. */
const yieldHit = (wantedMps2: number, capMps2: number): RuleHit => {
  const detail = `plan accelerates by up to ${wantedMps2.toFixed(2)} m/s², its distances hold up to ${capMps2.toFixed(2)}`;
  return demand("S07", "NORMAL", wantedMps2, capMps2, "mps2", detail).hit;
};

/** Judges one proposal per tick and decides what is driven instead where it must. */
export class Supervisor {
  readonly #vehicle: VehicleProfile;
  readonly #accelMaxMps2: number;
  readonly #speedMaxMps: number;
  /** Where the motion in question leads; of no use once it has been judged. */
  readonly #path: SweptPath;
  #memory = new Memory();

  constructor(options: SupervisorOptions = {}) {
    this.#vehicle = options.vehicle ?? CAR;
    this.#path = new SweptPath(this.#vehicle);
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
    m.override.step(input.override, input.ego?.driver);
    const demands: Demand[] = [];
    const checks = new CheckList();
    const periodUs = usablePeriodUs(input.periodUs);
    const { time, dtUs } = this.#readClock(input, periodUs, demands, checks);
    const intake = takeIn(input, time, m.reckonedMps, m.intake, this.#vehicle);
    demands.push(...intake.demands);
    const limitProblem = speedLimitProblem(input.speedLimitMps);
    if (limitProblem !== undefined) demands.push(limitProblem);

    const { speedMps, checkedMps, standing } = m.reckon(intake, time.tUs, dtUs);
    demands.unshift(...m.override.demands(standing));
    const { proposal } = intake;
    const dwell = proposal === undefined ? NO_DWELL : m.dwell.step(proposal, time.tUs);
    const chosen = this.#choosePath(input.obstacles, intake, dwell, checkedMps, time.tUs, dtUs);
    const { envelope, ahead, refusal } = chosen;
    m.sightBoundMps2 = ahead.boundMps2;
    demands.push(...ahead.demands);
    const near = undercutting(ahead.watched, checkedMps);
    const exempt = m.cutIn.exempts(near.length > 0, time.tUs);
    demands.push(...timeGapDemands(near, checkedMps, exempt));
    if (proposal !== undefined) demands.push(...confidenceDemands(proposal));
    if (intake.ego !== undefined) checks.pass("ego");
    if (intake.sighted && intake.sightAbsentUs === 0) checks.pass("sight");
    if (proposal !== undefined) checks.pass("proposal");
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
    const boundMps2 = Math.min(envelope.accelMaxMps2, ahead.boundMps2, chosen.accelMaxMps2);

    if (rank < rankOf("COMFORT_STOP") && proposal !== undefined) {
      m.ladder.leave();
      const held = dwell.longitudinal;
      const asked = held?.maneuver ?? proposal.maneuver;
      const maneuver = refusal === undefined ? asked : keepLane(asked, refusal);
      const cap = speedCapMps(input.speedLimitMps, this.#speedMaxMps);
      if (refusal !== undefined) hits.push(refusal.hit);
      if (held !== undefined) hits.push(held.demand.hit);
      for (const d of envelope.demands) hits.push(d.hit);
      const overLimit = speedLimitDemand(maneuver.targetSpeedMps, cap);
      if (overLimit !== undefined) hits.push(overLimit.hit);
      const { steps, trajectory } =
        held === undefined
          ? { steps: envelope, trajectory: proposal.trajectory }
          : goingOn(speedMps, envelope, held.accelMaxMps2);
      const bounded = boundProposal(maneuver, trajectory, steps, {
        speedMps,
        standing,
        accelMaxMps2: held === undefined ? boundMps2 : Math.min(0, boundMps2),
        caution: mode === "CAUTION",
        speedCapMps: cap,
        watched: ahead.watched,
        cause: ahead.cause,
      });
      if (bounded.yieldMps2 !== undefined && !hits.some((hit) => hit.rule === "S07"))
        hits.push(yieldHit(Math.max(...envelope.accelMps2), bounded.yieldMps2));
      m.remember(bounded.trajectory.curvatureInvm[0]!, time.tUs);
      m.commandedMps2 = bounded.trajectory.accelMps2[0]!;
      return {
        mode,
        verdict: bounded.unchanged && !refusal && !held ? "APPROVED" : "MODIFIED",
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
    const keepsLane = proposal !== undefined && FOLLOWS_ROAD.has(proposal.maneuver.lateral);
    const curvatures = keepsLane ? envelope.curvatureInvm : m.present.curvatures(speedMps);
    const cause = ahead.boundMps2 < 0 ? ahead.cause : "NONE";
    const plan = ownStop(speedMps, ramp, curvatures, standing, cause, this.#vehicle);
    m.commandedMps2 = ramp[0]!;
    m.remember(plan.trajectory.curvatureInvm[0]!, time.tUs);
    const latched = m.machine.latched || m.override.latched;
    if (latched) hits.push(ladderHit(mode, m.ladder.rung!));
    const verdict: Verdict = intake.refused ? "REFUSED" : "REPLACED";
    return {
      mode,
      verdict,
      hits,
      ...plan,
      hazardLights: latched,
      accelLimitMps2: standing ? 0 : plan.trajectory.accelMps2[0]!,
    };
  }

  /** Usable now and stamp; a clock that is no number is a demand and not a time. */
  #readClock(input: SafetyInput, periodUs: number, demands: Demand[], checks: CheckList) {
    const finite = Number.isFinite(input.nowUs) && Number.isFinite(input.stampUs);
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

  /** S15 on the proposal's steps; without a proposal on "keep speed, keep curvature". */
  #envelope(
    intake: Intake,
    curvatureInvm: readonly number[] | undefined,
    speedMps: number,
    tUs: number,
  ): Envelope {
    const m = this.#memory;
    const trajectory = intake.proposal?.trajectory;
    const last =
      m.decidedUs === undefined
        ? undefined
        : { curvatureInvm: m.curvatureInvm, dtS: (tUs - m.decidedUs) / 1e6 };
    return clipToEnvelope({
      accelMps2: trajectory?.accelMps2 ?? steady(0),
      curvatureInvm: curvatureInvm ?? trajectory?.curvatureInvm ?? steady(m.curvatureInvm),
      speedMps,
      egoAccelMps2: m.egoAccelMps2,
      egoYawRateRadps: intake.ego?.yawRateRadps ?? 0,
      last,
      emergency: intake.proposal?.maneuver.longitudinal === "EMERGENCY_BRAKE",
      accelMaxMps2: this.#accelMaxMps2,
      vehicle: this.#vehicle,
    });
  }

  /** The proposal's path with what is ahead of it, or the present one where S09 refuses it. */
  #choosePath(
    field: ObstacleField | undefined,
    intake: Intake,
    dwell: Dwell,
    speedMps: number,
    tUs: number,
    dtUs: number,
  ): Chosen {
    const m = this.#memory;
    const { present } = m;
    const { proposal } = intake;
    const yawRate = intake.ego?.yawRateRadps ?? m.curvatureInvm * speedMps;
    const lateral = proposal?.maneuver.lateral;
    present.step(lateral, m.curvatureInvm, speedMps, yawRate, dtUs / 1e6);
    const wayOf = (curvatureInvm?: readonly number[]): Way => {
      const envelope = this.#envelope(intake, curvatureInvm, speedMps, tUs);
      if (field === undefined) return { envelope, ahead: lookBlind(m.sightBoundMps2) };
      const watched = watch(field, speedMps, envelope, this.#path, this.#vehicle);
      return { envelope, ahead: lookAhead(watched, speedMps, envelope.accelMps2[0]!) };
    };
    return m.chooser.choose({
      proposal,
      field,
      present,
      dwell: dwell.lateral,
      speedMps,
      tUs,
      vehicle: this.#vehicle,
      wayOf,
    });
  }

  /**
   * COMFORT_STOP and a lost planner stop gently; a lost sight and a human's word stop in lane; a
   * threat escalates.
   */
  #rungFor(mode: string, blind: boolean, stage: Stage): Rung {
    const { machine, override } = this.#memory;
    if (mode === "COMFORT_STOP" || !(machine.latched || override.latched)) return 0;
    if (stage === "EMERGENCY") return 2;
    return blind || stage === "FULL" || override.latched ? 1 : 0;
  }
}

/** The held motion: steps of which none accelerates more than that, and where they lead. */
function goingOn(speedMps: number, envelope: Envelope, accelMaxMps2: number) {
  const { curvatureInvm } = envelope;
  const accelMps2 = envelope.accelMps2.map((a) => Math.min(a, accelMaxMps2));
  const trajectory = rollOut(speedMps, accelMps2, curvatureInvm);
  return { steps: { accelMps2, curvatureInvm }, trajectory };
}

/** Laterals whose curvature follows the road and may be kept while stopping. */
const FOLLOWS_ROAD = new Set(["KEEP_LANE", "GO_STRAIGHT", "TURN_LEFT", "TURN_RIGHT"]);

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
