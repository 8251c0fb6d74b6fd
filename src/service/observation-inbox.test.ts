import { beforeEach, describe, expect, test } from "vitest";
import { WireError } from "../contract/errors.ts";
import type { Observation } from "../contract/observation.ts";
import { aTickObservation } from "./fakes.cases.ts";
import { EPOCH, FakeClock, marked, shifted } from "./live.cases.ts";
import { ObservationInbox } from "./observation-inbox.ts";

let clock: FakeClock;
let inbox: ObservationInbox;
beforeEach(() => {
  clock = new FakeClock();
  inbox = new ObservationInbox(clock);
});

const OTHER = Uint8Array.of(9, 9, 9, 9, 9, 9, 9, 9);
const codes = () => inbox.take().faults.map(({ code }) => code);
const put = (change: Partial<Observation>) =>
  inbox.put(marked({ ...aTickObservation(0), ...change }, 0));
const { images, sweeps, ego } = aTickObservation(0);
const [image, sweep] = [images[0]!, sweeps[0]!];

describe("S02 S03 a message that cannot be used is a coded fault", () => {
  test.each([
    ["a period of a minute", { periodUs: 60_000_000 }, "MESSAGE_INVALID"],
    ["seventeen cameras", { expectedCameras: [..."abcdefghijklmnopq"] }, "MESSAGE_INVALID"],
    ["one camera twice", { images: [image, image] }, "MESSAGE_INVALID"],
    ["a stamp 21 ms ahead", shifted(aTickObservation(0), 21_000), "STAMP_IN_FUTURE"],
    ["a stamp 251 ms old", shifted(aTickObservation(0), -251_000), "OBSERVATION_LATE"],
  ] as const)("%s", (_what, change, code) => {
    put(change);
    expect(inbox.waiting).toBe(false);
    expect(inbox.counts.refused).toEqual({ [code]: 1 });
    expect(codes()).toEqual([code]);
  });

  test("stamps just within the limits are taken", () => {
    put(shifted(aTickObservation(0), 20_000));
    expect(inbox.take().arrival).toBeDefined();
  });

  test("what does not decode is counted with its reason", () => {
    inbox.put(new WireError("WIRE_FIELD", "Observation.ego.speedMps: expected number, found NaN"));
    const { arrival, faults } = inbox.take();
    expect(arrival).toBeUndefined();
    expect(faults[0]).toMatchObject({ code: "MESSAGE_INVALID" });
    expect(faults[0]!.detail).toMatch(/speedMps/);
  });
});

describe("S02 a sensor that cannot be used is left out, and missed", () => {
  const withPoint = (value: number) => {
    const xyz = sweep.xyz.slice();
    xyz[1] = value;
    return { sweeps: [{ ...sweep, xyz }] };
  };
  const skewed = { r: [1, 0, 0, 0, 1, 0, 0, 0.1, 1], t: [0, 0, 0] as const };
  const mirrored = { r: [1, 0, 0, 0, -1, 0, 0, 0, 1], t: [0, 0, 0] as const };
  const ahead = image.stampUs + 21_000;
  test.each([
    ["a NaN point", withPoint(Number.NaN), "LIDAR_INVALID", "top"],
    ["an infinite point", withPoint(Number.POSITIVE_INFINITY), "LIDAR_INVALID", "top"],
    [
      "no points",
      { sweeps: [{ ...sweep, xyz: new Float32Array(0), intensity: new Float32Array(0) }] },
      "LIDAR_INVALID",
      "top",
    ],
    ["a skewed mounting", { sweeps: [{ ...sweep, egoFromLidar: skewed }] }, "LIDAR_INVALID", "top"],
    ["a mirror", { images: [{ ...image, egoFromCamera: mirrored }] }, "CAMERA_INVALID", "front"],
    ["no bytes", { images: [{ ...image, data: new Uint8Array(0) }] }, "CAMERA_INVALID", "front"],
    ["a stamp ahead", { images: [{ ...image, stampUs: ahead }] }, "STAMP_IN_FUTURE", "front"],
  ] as const)("%s", (_what, change, code, source) => {
    put(change);
    const { observation } = inbox.take().arrival!;
    expect(observation.faults).toMatchObject([{ code, source }]);
    const left = source === "top" ? observation.sweeps : observation.images;
    expect(left).toEqual([]);
    expect([...observation.expectedCameras, ...observation.expectedLidars]).toContain(source);
  });

  test("a good one passes whole, stamped with our own time of arrival", () => {
    clock.block(40);
    put({ arrivalUs: 5 });
    const { observation } = inbox.take().arrival!;
    expect(observation).toMatchObject({ images, sweeps, ego, faults: [] });
    expect(observation.arrivalUs).toBe(clock.wallUs());
  });
});

describe("S05 order", () => {
  const at = (counter: number, epoch = EPOCH) => {
    clock.block(100);
    inbox.put(marked(shifted(aTickObservation(0), clock.monoMs() * 1000), counter, epoch));
    return codes()[0] ?? "taken";
  };

  test("each message once, in order; up to two may be lost", () => {
    expect([1, 2, 2, 4, 3, 7, 11, 12].map((counter) => at(counter))).toEqual([
      ...["taken", "taken", "MESSAGE_REPEATED", "taken", "MESSAGE_REPEATED", "taken"],
      ...["MESSAGES_LOST", "taken"],
    ]);
    expect(inbox.counts.lost).toBe(3);
  });

  test("the counter wraps around", () => {
    expect([2 ** 32 - 1, 0, 1].map((counter) => at(counter))).toEqual(Array(3).fill("taken"));
  });

  test("a sender that starts anew is taken at its third message, and the old one never again", () => {
    at(5);
    expect([0, 1, 2, 3].map((counter) => at(counter, OTHER))).toEqual([
      ...["SOURCE_EPOCH", "SOURCE_EPOCH", "taken", "taken"],
    ]);
    expect([6, 7, 8, 9].map((counter) => at(counter))).toEqual(Array(4).fill("SOURCE_EPOCH"));
    expect(at(4, OTHER)).toBe("taken");
  });

  test("two senders at once: the first one keeps its place", () => {
    at(0);
    for (let i = 1; i < 10; i++) {
      expect(at(i)).toBe("taken");
      expect(at(i, OTHER)).toBe("SOURCE_EPOCH");
    }
  });

  test("many refusals make one fault with their count", () => {
    for (let i = 0; i < 5; i++) inbox.put(marked(aTickObservation(0), 3));
    const { faults } = inbox.take();
    expect(faults).toHaveLength(1);
    expect(faults[0]!.detail).toMatch(/\(the last of 4\)$/);
  });
});
