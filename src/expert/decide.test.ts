import { expect, test } from "vitest";
import { ACCEL_CODES_MPS2, CAR, TRAJECTORY_STEP_S } from "../contract/maneuver.ts";
import { decodeTrajectory } from "../geometry/bicycle.ts";
import { expertDecide } from "./decide.ts";
import { aScene, FOLLOW, type RoadOptions, said } from "./scene.fixture.ts";

const CRUISE_MPS = 14;
const decide = (options: RoadOptions, instruction = FOLLOW) =>
  expertDecide(aScene(options), instruction, CRUISE_MPS);
const firstAccel = (label: { readonly accelCodes: readonly number[] }) =>
  ACCEL_CODES_MPS2[label.accelCodes[0]!]!;

test("on a free road it speeds up to the cruise speed and stays there", () => {
  const slow = decide({ speedMps: 5 });
  expect(slow.maneuver).toMatchObject({
    lateral: "KEEP_LANE",
    longitudinal: "ACCELERATE",
    targetSpeedMps: 14,
  });
  expect(slow.maneuver.rationale[0]).toBe("FREE_ROAD");
  expect(slow.maneuver.gapM).toBeUndefined();
  expect(decide({ speedMps: 14 }).maneuver.longitudinal).toBe("KEEP_SPEED");
  const fast = decide({ speedMps: 17 });
  expect(fast.maneuver.longitudinal).toBe("DECELERATE");
  expect(fast.maneuver.rationale[0]).toBe("SPEED_LIMIT");
});

test("a standing lead within the gap keeps it waiting with target 0 and idle codes", () => {
  const label = decide({ speedMps: 0, objects: [{ xM: 3.7 + 5 + 2.3 }] });
  expect(label.maneuver).toMatchObject({ longitudinal: "WAIT", targetSpeedMps: 0 });
  expect(label.maneuver.rationale[0]).toBe("LEAD_STANDING");
  expect(label.accelCodes.map((c) => ACCEL_CODES_MPS2[c])).toEqual([0, 0, 0, 0, 0, 0]);
});

test("it moves off behind a lead that moves off, and not faster than 3 m/s above its own speed", () => {
  const label = decide({ speedMps: 0, objects: [{ xM: 3.7 + 6 + 2.3, speedMps: 2 }] });
  expect(label.maneuver.longitudinal).toBe("ACCELERATE");
  expect(label.maneuver.rationale[0]).toBe("LEAD_MOVING_OFF");
  expect(label.maneuver.targetSpeedMps).toBeGreaterThan(0.5);
  expect(label.maneuver.targetSpeedMps).toBeLessThanOrEqual(5);
});

test("a standing lead far ahead lowers the target speed smoothly, without jumps", () => {
  let last = 0;
  for (let gap = 3; gap < 85; gap += 1) {
    const { maneuver } = decide({ speedMps: 12, objects: [{ xM: 3.7 + gap + 2.3 }] });
    expect(maneuver.targetSpeedMps).toBeGreaterThanOrEqual(last);
    expect(maneuver.targetSpeedMps - last).toBeLessThanOrEqual(1.5);
    last = maneuver.targetSpeedMps;
  }
  expect(last).toBe(14);
});

test("behind a moving lead the gap slot is 2.5 m + 1.5 s and the speed settles at the lead's", () => {
  const label = decide({ speedMps: 10, objects: [{ xM: 3.7 + 17.5 + 2.3, speedMps: 10 }] });
  expect(label.maneuver.gapM).toBeCloseTo(17.5, 5);
  expect(label.maneuver.targetSpeedMps).toBe(10);
  expect(label.maneuver.longitudinal).toBe("KEEP_SPEED");
});

test("a contact that needs more than 4 m/s² is an emergency", () => {
  const label = decide({ speedMps: 14, objects: [{ xM: 3.7 + 18 + 2.3 }] });
  expect(label.maneuver.longitudinal).toBe("EMERGENCY_BRAKE");
  expect(firstAccel(label)).toBeLessThanOrEqual(-4.5);
});

test("vehicles in the next lane and oncoming ones do not slow it", () => {
  const next = decide({
    laneCount: 2,
    lane: 1,
    speedMps: 14,
    objects: [{ xM: 15, yM: 0, speedMps: 3 }],
  });
  expect(next.maneuver.longitudinal).toBe("KEEP_SPEED");
  const oncoming = decide({
    speedMps: 14,
    objects: [{ xM: 30, yM: 3.4, yawRad: Math.PI, speedMps: 14 }],
  });
  expect(oncoming.maneuver.longitudinal).toBe("KEEP_SPEED");
});

test("a lead's lead that cannot be seen past it changes nothing", () => {
  const lead = { xM: 30, speedMps: 10, widthM: 2.2, lengthM: 6 };
  const hidden = { xM: 60, speedMps: 0, widthM: 1.6 };
  expect(decide({ objects: [lead, hidden] })).toEqual(decide({ objects: [lead] }));
});

test("a vehicle that comes into the lane is a cut-in", () => {
  const label = decide({
    laneCount: 2,
    lane: 1,
    speedMps: 12,
    objects: [{ xM: 18, yM: -1.3, speedMps: 9, yawRad: -0.12 }],
  });
  expect(label.maneuver.rationale[0]).toBe("CUT_IN");
  expect(firstAccel(label)).toBeLessThan(0);
});

test("for one that cuts in from beside it brakes as hard as it takes to fall behind in time", () => {
  const beside = (xM: number, yM: number) =>
    decide({
      laneCount: 2,
      speedMps: 20,
      objects: [{ xM, yM, yawRad: 0.12, speedMps: 20 }],
    });
  // rear 1.5 m behind ego's front, in the way in less than a second
  expect(firstAccel(beside(4.5, -3))).toBeLessThan(-4.5);
  expect(beside(4.5, -3).maneuver.rationale[0]).toBe("CUT_IN");
  // farther ahead, falling back is gentle
  expect(firstAccel(beside(14, -3))).toBeGreaterThan(-4);
  // beside ego's door nobody is let in by braking
  expect(firstAccel(beside(1, -3.2))).toBeGreaterThan(-4);
});

test("a pedestrian who steps towards the lane is braked for, one who stands aside is not", () => {
  const walker = { kind: "PEDESTRIAN" as const, xM: 25, yM: -2.6, lengthM: 0.5, widthM: 0.5 };
  const crossing = decide({ objects: [{ ...walker, yawRad: Math.PI / 2, speedMps: 1.4 }] });
  expect(crossing.maneuver.rationale[0]).toBe("VULNERABLE_ON_PATH");
  expect(firstAccel(crossing)).toBeLessThan(-0.9);
  expect(decide({ objects: [{ ...walker, speedMps: 0 }] }).maneuver.longitudinal).toBe(
    "ACCELERATE",
  );
});

test("it stops for red and for a yellow that it can stop for, and drives on at green", () => {
  const red = decide({ speedMps: 10, stopLineM: 30, state: "RED" });
  expect(red.maneuver.rationale[0]).toBe("RED_LIGHT");
  expect(firstAccel(red)).toBeLessThan(-0.9);
  expect(firstAccel(decide({ speedMps: 10, stopLineM: 30, state: "YELLOW" }))).toBeLessThan(-0.9);
  expect(decide({ speedMps: 14, stopLineM: 24, state: "YELLOW" }).maneuver.longitudinal).toBe(
    "KEEP_SPEED",
  );
  expect(decide({ speedMps: 14, stopLineM: 30, state: "GREEN" }).maneuver.longitudinal).toBe(
    "KEEP_SPEED",
  );
});

test("it waits at red and goes at green and, once it has stood, at a stop sign", () => {
  expect(decide({ speedMps: 0, stopLineM: 5, state: "RED" }).maneuver.longitudinal).toBe("WAIT");
  const green = decide({ speedMps: 0, stopLineM: 5, state: "GREEN" });
  expect(green.maneuver.longitudinal).toBe("ACCELERATE");
  expect(green.maneuver.rationale[0]).toBe("GREEN_LIGHT");
  expect(firstAccel(decide({ speedMps: 8, stopLineM: 20 }))).toBeLessThan(-0.9);
  expect(decide({ speedMps: 0, stopLineM: 5 }).maneuver.longitudinal).toBe("ACCELERATE");
});

test("who creeps up to a stop sign and speeds up behind a lead has not stood there", () => {
  const lead = { xM: 3.7 + 4.5 + 2.3, speedMps: 4 };
  for (const [lineM, speedMps, accelMps2] of [
    [2.9, 1.4, 0.8],
    [2.6, 1.3, 0.7],
    [2.6, 1, 0.7],
    [2, 1, 0.4],
    [1.4, 1.8, 0.7],
    [1.4, 0.6, 0],
  ] as const) {
    const label = decide({ speedMps, accelMps2, stopLineM: 3.7 + lineM, objects: [lead] });
    const { speedMps: planned } = decodeTrajectory(
      speedMps,
      label.accelCodes,
      label.curvatureCodes,
      CAR,
    );
    let drivenM = 0;
    let before: number = speedMps;
    for (const mps of planned) {
      drivenM += ((before + mps) / 2) * TRAJECTORY_STEP_S;
      before = mps;
    }
    expect(drivenM, `${speedMps} m/s at ${lineM} m`).toBeLessThan(lineM);
  }
});

test("who has stood at a stop sign starts without hesitating", () => {
  for (const stoodM of [0.5, 0.8, 1.3, 2])
    for (let tS = 0.1; tS < 3; tS += 0.1) {
      // as the executor starts: a jerk of 4 m/s³ up to 1.8 m/s²
      const jerkS = Math.min(tS, 1.8 / 4);
      const [rising, steadyS] = [2 * jerkS * jerkS, tS - jerkS];
      const speedMps = rising + 1.8 * steadyS;
      const drivenM = (2 * jerkS ** 3) / 3 + ((rising + speedMps) / 2) * steadyS;
      const lineM = stoodM - drivenM;
      const label = decide({ speedMps, accelMps2: 4 * jerkS, stopLineM: 3.7 + lineM });
      expect(firstAccel(label), `from ${stoodM} m, after ${tS.toFixed(1)} s`).toBeGreaterThan(0);
    }
});

test("a few metres before a stop sign it rolls up to the line instead of waiting there for good", () => {
  for (const aheadM of [4, 5.5, 7.8]) {
    const label = decide({ speedMps: 0, stopLineM: 3.7 + aheadM });
    expect(label.maneuver.longitudinal, `${aheadM} m`).toBe("ACCELERATE");
  }
});

test("who stands beside ego with room between does not keep it standing, who stands before it does", () => {
  const walker = { kind: "PEDESTRIAN" as const, yM: -1.7, lengthM: 0.5, widthM: 0.5, speedMps: 0 };
  const beside = decide({ speedMps: 0, objects: [{ ...walker, xM: 1.4 }] });
  expect(beside.maneuver.longitudinal).toBe("ACCELERATE");
  const near = { ...walker, xM: 1.4, yM: -1.3 };
  expect(decide({ speedMps: 0, objects: [near] }).maneuver.longitudinal).toBe("WAIT");
  const before = decide({ speedMps: 0, objects: [{ ...walker, xM: 5, yM: -1.6 }] });
  expect(before.maneuver.longitudinal).toBe("WAIT");
  const corner = { xM: 4.4, yM: -2.05, speedMps: 0 };
  expect(decide({ speedMps: 0, objects: [corner] }).maneuver.longitudinal).toBe("ACCELERATE");
  const closer = { xM: 4.4, yM: -1.75, speedMps: 0 };
  expect(decide({ speedMps: 0, objects: [closer] }).maneuver.longitudinal).toBe("WAIT");
});

test("a parked car that intrudes a little is passed with a nudge", () => {
  const label = decide({ speedMps: 8, objects: [{ xM: 20, yM: -2.0 }] });
  expect(label.maneuver.lateral).toBe("NUDGE_LEFT");
  const path = decodeTrajectory(8, label.accelCodes, label.curvatureCodes, CAR);
  expect(Math.max(...path.yM)).toBeGreaterThan(0.2);
  expect(path.speedMps[5]).toBeGreaterThan(5);
});

test("a lane that is not there is refused, and the drive goes on as before", () => {
  const left = said({ kind: "CHANGE_LANE", side: "LEFT" });
  const label = decide({ laneCount: 2, lane: 0 }, left);
  expect(label.answer).toBe("REFUSED_NO_LANE");
  expect(label.maneuver.rationale[1]).toBe("INSTRUCTION_REFUSED");
  expect(label.accelCodes).toEqual(decide({ laneCount: 2, lane: 0 }).accelCodes);
  expect(decide({ laneCount: 2, lane: 1 }, left).maneuver.lateral).toBe("LANE_CHANGE_LEFT");
});

test("a lane change into an occupied gap waits, then is refused as unsafe", () => {
  const beside = { laneCount: 2, lane: 1, objects: [{ xM: 0, yM: 0, speedMps: 10 }] };
  const soon = decide(beside, said({ kind: "CHANGE_LANE", side: "LEFT" }, 1));
  expect([soon.answer, soon.maneuver.lateral]).toEqual(["ACCEPTED", "KEEP_LANE"]);
  const late = decide(beside, said({ kind: "CHANGE_LANE", side: "LEFT" }, 6.5));
  expect([late.answer, late.maneuver.lateral]).toEqual(["REFUSED_UNSAFE", "KEEP_LANE"]);
});

test("a fast follower in the target lane holds the lane change back", () => {
  const follower = { laneCount: 2, lane: 1, objects: [{ xM: -18, yM: 0, speedMps: 22 }] };
  const label = decide(follower, said({ kind: "CHANGE_LANE", side: "LEFT" }));
  expect(label.maneuver.lateral).toBe("KEEP_LANE");
});

test("speeds: accepted, done, over the limit", () => {
  const set = (mps: number) => said({ kind: "SET_SPEED", mps });
  expect(decide({ speedMps: 10 }, set(7))).toMatchObject({
    answer: "ACCEPTED",
    maneuver: { targetSpeedMps: 7, longitudinal: "DECELERATE" },
  });
  expect(decide({ speedMps: 7.2 }, set(7)).answer).toBe("DONE");
  expect(decide({ limitMps: 13.9 }, set(20)).answer).toBe("REFUSED_ILLEGAL");
  expect(decide({}, set(20)).answer).toBe("REFUSED_ILLEGAL");
  expect(
    decide({}, said({ kind: "CHANGE_SPEED", deltaMps: -3 }, 1, 10)).maneuver.targetSpeedMps,
  ).toBe(7);
});

test("gaps: asked for in metres and seconds, done within 15 %, too close refused", () => {
  const lead = { speedMps: 10, objects: [{ xM: 3.7 + 30 + 2.3, speedMps: 10 }] };
  const far = decide(lead, said({ kind: "KEEP_GAP", metres: 45 }));
  expect(far).toMatchObject({
    answer: "ACCEPTED",
    maneuver: { gapM: 45, longitudinal: "DECELERATE" },
  });
  expect(far.maneuver.rationale[0]).toBe("INSTRUCTION_GAP");
  expect(decide(lead, said({ kind: "KEEP_GAP", metres: 30 })).answer).toBe("DONE");
  expect(decide(lead, said({ kind: "KEEP_GAP", seconds: 3 })).maneuver.gapM).toBeCloseTo(32, 5);
  expect(decide(lead, said({ kind: "KEEP_GAP", metres: 4 })).answer).toBe("REFUSED_UNSAFE");
});

test("the gap asked for is kept behind a cyclist as well", () => {
  const cyclist = {
    kind: "CYCLIST" as const,
    xM: 3.7 + 10 + 0.9,
    yM: -0.6,
    lengthM: 1.8,
    widthM: 0.6,
  };
  const behind = (instruction?: ReturnType<typeof said>) =>
    firstAccel(decide({ speedMps: 5, objects: [{ ...cyclist, speedMps: 5 }] }, instruction));
  expect(behind()).toBeGreaterThan(-0.1);
  expect(behind(said({ kind: "KEEP_GAP", metres: 20 }))).toBeLessThan(-0.5);
  expect(behind(said({ kind: "KEEP_GAP", seconds: 0.6 }))).toBeGreaterThan(0.3);
});

test("stop brakes in lane to a standstill and then waits", () => {
  const moving = decide({ speedMps: 10 }, said({ kind: "STOP" }));
  expect(moving).toMatchObject({
    answer: "ACCEPTED",
    maneuver: { targetSpeedMps: 0, lateral: "KEEP_LANE" },
  });
  expect(firstAccel(moving)).toBeCloseTo(-1.75, 1);
  expect(decide({ speedMps: 4 }, said({ kind: "STOP" })).maneuver.longitudinal).toBe("STOP");
  expect(decide({ speedMps: 0 }, said({ kind: "STOP" }))).toMatchObject({
    answer: "DONE",
    maneuver: { longitudinal: "WAIT" },
  });
});

test("pull over goes to the shoulder and is done when standing there", () => {
  const moving = decide({ speedMps: 8, shoulder: true }, said({ kind: "PULL_OVER" }));
  expect(moving.maneuver.lateral).toBe("PULL_OVER");
  const path = decodeTrajectory(8, moving.accelCodes, moving.curvatureCodes, CAR);
  expect(Math.min(...path.yM)).toBeLessThan(-1);
  const there = decide({ speedMps: 0, shoulder: true, offsetM: -3 }, said({ kind: "PULL_OVER" }));
  expect(there).toMatchObject({
    answer: "DONE",
    maneuver: { longitudinal: "WAIT", targetSpeedMps: 0 },
  });
});

test("wrong instructions are refused for their own reason", () => {
  for (const what of ["RUN_LIGHT", "TURN_AROUND", "SIDEWALK"] as const)
    expect(decide({}, said({ kind: "ILLEGAL", what })).answer).toBe("REFUSED_ILLEGAL");
  expect(decide({}, said({ kind: "NONSENSE" })).answer).toBe("REFUSED_NOT_UNDERSTOOD");
});

test("an instruction to run the light does not move it at red", () => {
  const label = decide(
    { speedMps: 0, stopLineM: 5, state: "RED" },
    said({ kind: "ILLEGAL", what: "RUN_LIGHT" }),
  );
  expect(label.maneuver.longitudinal).toBe("WAIT");
});

test("no text has no answer", () => {
  expect(decide({}, { ...FOLLOW, text: "" }).answer).toBe("NONE");
  expect(decide({}, FOLLOW).answer).toBe("ACCEPTED");
});

test("without any lane it keeps straight on", () => {
  const label = expertDecide({ ...aScene(), lanes: [] }, FOLLOW, CRUISE_MPS);
  expect(label.maneuver.lateral).toBe("KEEP_LANE");
  expect(label.curvatureCodes).toEqual([10, 10, 10, 10, 10, 10]);
});
