import { describe, expect, test } from "vitest";
import { WireError } from "../contract/errors.ts";
import {
  decisionBytesForCompare,
  decodeDecision,
  encodeDecision,
  ruleBitmap,
} from "./decision-codec.ts";
import { aDecision, anObservation } from "./fixtures.cases.ts";
import { decodeInstruction, encodeInstruction } from "./instruction-codec.ts";
import { decodeObservation, encodeObservation } from "./observation-codec.ts";
import { decodeHealth, decodeStatus, encodeHealth, encodeStatus } from "./status-codec.ts";

const codeOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    if (error instanceof WireError) return error.code;
    throw error;
  }
  return "nothing thrown";
};

describe("Decision", () => {
  test("comes back equal, stamps as numbers", () => {
    const decision = aDecision();
    expect(decodeDecision(encodeDecision(decision))).toEqual(decision);
  });

  test("keeps absence: no gap, no speed, no proposal, no source", () => {
    const { egoSpeedMps: _e, proposedManeuver: _p, ...rest } = aDecision();
    const { gapM: _g, ...maneuver } = rest.maneuver;
    const { source: _s, ...fault } = rest.faults[0]!;
    const decision = { ...rest, maneuver, faults: [fault], hits: [], ages: [] };
    const back = decodeDecision(encodeDecision(decision));
    expect(back).toEqual(decision);
    expect("egoSpeedMps" in back || "gapM" in back.maneuver).toBe(false);
  });

  test("a zero is a value, not an absence", () => {
    const back = decodeDecision(encodeDecision(aDecision({ egoSpeedMps: 0, id: 0 })));
    expect(back.egoSpeedMps).toBe(0);
    expect(back.id).toBe(0);
  });

  test("NaN is refused at the sender and names its field", () => {
    expect(() => encodeDecision(aDecision({ accelLimitMps2: Number.NaN }))).toThrow(
      /Decision\.accelLimitMps2: a finite number expected/,
    );
  });

  test("bytes for comparing leave wall times out and nothing else", () => {
    const one = aDecision();
    const slow = aDecision({ timing: { ...one.timing, totalMs: 99 } });
    expect(decisionBytesForCompare(slow)).toEqual(decisionBytesForCompare(one));
    expect(encodeDecision(slow)).not.toEqual(encodeDecision(one));
    expect(decisionBytesForCompare(aDecision({ id: 8 }))).not.toEqual(decisionBytesForCompare(one));
    const whole = Buffer.from(encodeDecision(one));
    const compared = decisionBytesForCompare(one);
    expect(whole.subarray(0, compared.length).equals(compared)).toBe(true);
  });

  test("the rule bitmap has one bit for each rule in hits", () => {
    expect(ruleBitmap(["S02", "S07", "S02"])).toBe(0b1000_0100);
    expect(ruleBitmap(["S24"])).toBe(1 << 24);
  });

  test("a bitmap that contradicts the hits is refused", () => {
    const bytes = Buffer.from(encodeDecision(aDecision()));
    const at = bytes.indexOf(Buffer.from("4d84000000", "hex"));
    expect(at).toBeGreaterThan(0);
    bytes[at + 1] = 0x85;
    expect(codeOf(() => decodeDecision(bytes))).toBe("WIRE_RULE_BITMAP");
  });

  test("a mode that is not in the table is refused", () => {
    const bytes = Buffer.from(encodeDecision(aDecision({ hits: [] })));
    const at = bytes.indexOf(Buffer.from("3002", "hex"));
    bytes[at + 1] = 99;
    expect(() => decodeDecision(bytes)).toThrow(
      /Decision\.mode: a value of Mode expected, found 99/,
    );
    bytes[at + 1] = 0;
    expect(() => decodeDecision(bytes)).toThrow(/found MODE_UNSPECIFIED/);
  });

  test("cut bytes are refused and the message says where", () => {
    const bytes = encodeDecision(aDecision());
    expect(() => decodeDecision(bytes.subarray(0, 100), "topic x")).toThrow(/^topic x: /);
  });

  test("empty bytes are not a decision", () => {
    expect(codeOf(() => decodeDecision(new Uint8Array()))).toBe("WIRE_FIELD");
  });
});

describe("Observation", () => {
  test("comes back equal, points as Float32Array", () => {
    const observation = anObservation();
    const back = decodeObservation(encodeObservation(observation));
    expect({ ...back, images: [] }).toEqual({ ...observation, images: [] });
    expect([...back.images[0]!.data]).toEqual([...observation.images[0]!.data]);
    expect({ ...back.images[0]!, data: 0 }).toEqual({ ...observation.images[0]!, data: 0 });
  });

  test("without ego stays without ego", () => {
    const { ego: _none, ...rest } = anObservation();
    expect("ego" in decodeObservation(encodeObservation(rest))).toBe(false);
  });

  test("a lens comes back, and one with the wrong number of coefficients is refused", () => {
    const image = anObservation().images[0]!;
    const withLens = (coefficients: readonly number[]) => {
      const { intrinsics } = image.camera;
      const lens = {
        model: "equidistant",
        coefficients,
        intrinsics: { ...intrinsics, fxPx: 7 },
        cameraFromLens: [0, 1, 0, -1, 0, 0, 0, 0, 1],
      } as const;
      return anObservation({ images: [{ ...image, camera: { ...image.camera, lens } }] });
    };
    const observation = withLens([0.1, 0.2, 0.3, 0.4]);
    const back = decodeObservation(encodeObservation(observation));
    expect(back.images[0]!.camera).toEqual(observation.images[0]!.camera);
    expect(() => decodeObservation(encodeObservation(withLens([0.1])))).toThrow(
      /Observation\.images\.0\.lens: .*4 of equidistant expected/,
    );
  });

  test("points without intensities are refused", () => {
    const sweep = { ...anObservation().sweeps[0]!, intensity: Float32Array.of(1) };
    const bytes = encodeObservation(anObservation({ sweeps: [sweep] }));
    expect(() => decodeObservation(bytes)).toThrow(/one intensity for each point expected/);
  });
});

describe("Instruction", () => {
  test("comes back equal, with and without map facts", () => {
    const full = anObservation().route;
    expect(decodeInstruction(encodeInstruction(full))).toEqual(full);
    const plain = { text: "", givenUs: 5 };
    expect(decodeInstruction(encodeInstruction(plain))).toEqual(plain);
  });

  test("more than 400 characters are refused", () => {
    const bytes = encodeInstruction({ text: "a".repeat(401), givenUs: 1 });
    expect(codeOf(() => decodeInstruction(bytes))).toBe("WIRE_FIELD");
  });

  test("a stamp beyond 2^53 is refused, not rounded", () => {
    const bytes = Buffer.from("10ffffffffffffffff7f", "hex");
    expect(codeOf(() => decodeInstruction(bytes))).toBe("WIRE_FIELD");
  });
});

describe("Status and Health", () => {
  test("come back equal", () => {
    const status = {
      state: "ONLINE",
      vehicle: "car-1",
      epochHex: "00112233aabbccdd",
      modelHash: "m",
      configHash: "c",
      software: "waywarden 0.1.0",
      sourceName: "drive",
      override: {
        stopped: true,
        nonce: Uint8Array.of(1, 2),
        lastCounter: 2 ** 53 - 1,
        reactionMs: 41.5,
        acceptedCount: 2,
        refusals: [{ reason: "FORGED", count: 3 }],
      },
      scene: {
        session: "s",
        lastSceneId: 0,
        silent: true,
        silenceLimitS: 5,
        decidedCount: 9,
        refusals: [{ reason: "STAMP", count: 2 }],
      },
    } as const;
    expect(decodeStatus(encodeStatus(status))).toEqual(status);
    const health = {
      sequence: 4,
      wallUs: 1_700_000_000_000_000,
      mode: "NORMAL",
      decisionCount: 40,
      publishedCount: 39,
      droppedCount: 1,
      decisionAgeMs: 61.5,
      eventLoopLagMs: 0.25,
      rssBytes: 5_000_000_000,
      reconnectCount: 1,
      instructionCount: 2,
      instructionRefusedCount: 3,
      faults: [{ code: "LIDAR_MISSING", count: 4 }],
      overrideCount: 2,
      overrideRefusals: [{ reason: "REPLAYED", count: 5 }],
    } as const;
    expect(decodeHealth(encodeHealth(health))).toEqual(health);
  });
});
