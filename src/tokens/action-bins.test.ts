import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ModelError } from "../contract/errors.ts";
import { type ActionStatistics, decodeAction, encodeAction } from "./action-bins.ts";

/** Seven dimensions, the last one a gripper that is passed on as it is. */
const STATISTICS: ActionStatistics = {
  q01: [
    -0.02872725307941437, -0.04170349963009357, -0.026093858778476715, -0.08092105075716972,
    -0.09288699507713317, -0.20718276381492615, 0,
  ],
  q99: [
    0.028309678435325586, 0.040855254605412394, 0.040161586627364146, 0.08192047759890528,
    0.07792850524187081, 0.20382574498653397, 1,
  ],
  mask: [true, true, true, true, true, true, false],
};
/** One dimension that is its own normalisation. */
const PLAIN: ActionStatistics = { q01: [-1], q99: [1], mask: [false] };
const HALF_BIN = 1 / 255;

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof ModelError) return error.code;
    throw error;
  }
  return "none";
}

/**
 * Made with numpy 2: edges = linspace(−1, 1, 256); ids = 32000 − digitize(clip(a, −1, 1), edges);
 * a = 2 (x − q01) / (q99 − q01 + 1e-8) − 1 where mask; back = ½ (a + 1)(q99 − q01) + q01 where mask.
 */
const GOLDEN = [
  {
    action: [0.01, -0.02, 0.005, 0.03, -0.05, 0.1, 1],
    ids: [31826, 31932, 31880, 31826, 31935, 31809, 31744],
    back: [
      0.01008022777473223, -0.019849711744224348, 0.004955261715633021, 0.029875047947846026,
      -0.04968072146703217, 0.09986476923087054, 0.996078431372549,
    ],
  },
  {
    action: [0, 0, 0, 0, 0, 0, 0],
    ids: [31871, 31871, 31899, 31873, 31861, 31871, 31872],
    back: [
      1.4886919189882608e-5, -0.00010036269180919988, 1.8581469707623643e-5,
      -0.00013888080797956615, -0.00011073313916434846, -6.671134046487559e-5, 0,
    ],
  },
  {
    action: [-1, 1, 0.040161586627364146, -0.08092105075716972, 0.5, -0.5, 0.25],
    ids: [31999, 31744, 31745, 31999, 31744, 31999, 31840],
    back: [
      -0.02861541595879723, 0.04069337469514669, 0.04003167398931348, -0.08060175364274605,
      0.07759357288830414, -0.20637686477806055, 0.25098039215686274,
    ],
  },
] as const;

describe("golden vectors of a numpy implementation", () => {
  test.each(GOLDEN)("$action", ({ action, ids, back }) => {
    expect(encodeAction(action, STATISTICS)).toEqual(ids);
    expect(decodeAction(ids, STATISTICS)).toEqual(back);
  });

  test("values on and beside the edges fall where digitize puts them", () => {
    const values = [
      [-1, 31999],
      [-0.9999, 31999],
      [-0.9921568627450981, 31998],
      [-0.39607843137254906, 31922],
      [-0.3960784313725491, 31923],
      [-1e-9, 31872],
      [0.0039215686274509, 31872],
      [0.5, 31808],
      [0.992156862745098, 31746],
      [0.9921568627450981, 31745],
      [0.9999, 31745],
      [1, 31744],
    ] as const;
    for (const [value, id] of values)
      expect(encodeAction([value], PLAIN), `${value}`).toEqual([id]);
  });
});

describe("properties", () => {
  const inRange = fc.double({ min: -1, max: 1, noNaN: true });

  test("a value in range comes back within half a bin", () => {
    fc.assert(
      fc.property(inRange, (value) => {
        const [back] = decodeAction(encodeAction([value], PLAIN), PLAIN);
        expect(Math.abs(back! - value)).toBeLessThanOrEqual(HALF_BIN + 1e-15);
      }),
    );
  });

  test("a larger value never gets a larger id: ids count downwards", () => {
    fc.assert(
      fc.property(inRange, inRange, (a, b) => {
        const [idA, idB] = [encodeAction([a], PLAIN)[0]!, encodeAction([b], PLAIN)[0]!];
        expect(Math.sign(idB - idA) * Math.sign(b - a)).toBeLessThanOrEqual(0);
      }),
    );
  });

  test("every id but the topmost bin encodes back to itself", () => {
    for (let id = 31745; id <= 31999; id++)
      expect(encodeAction(decodeAction([id], PLAIN), PLAIN)).toEqual([id]);
    expect(encodeAction(decodeAction([31744], PLAIN), PLAIN)).toEqual([31745]);
  });

  test("normalised dimensions come back within half a bin of their quantile range", () => {
    const fractions = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), {
      minLength: 7,
      maxLength: 7,
    });
    const { q01, q99 } = STATISTICS;
    fc.assert(
      fc.property(fractions, (f) => {
        const action = f.map((share, i) => q01[i]! + share * (q99[i]! - q01[i]!));
        const back = decodeAction(encodeAction(action, STATISTICS), STATISTICS);
        for (const [i, value] of back.entries()) {
          const span = i === 6 ? 2 : q99[i]! - q01[i]!;
          // 1e-8 of the original's divisor moves a value by less than this.
          expect(Math.abs(value - action[i]!)).toBeLessThanOrEqual((span * HALF_BIN) / 2 + 2e-8);
        }
      }),
    );
  });
});

describe("ids that are no action tokens", () => {
  const foreign = [0, 2, 31_743, 32_000, 40_000, -1, 31_800.5];

  test("are refused", () => {
    for (const id of foreign)
      expect(
        codeOf(() => decodeAction([id], PLAIN)),
        `${id}`,
      ).toBe("ACTION_TOKEN");
    expect(() => decodeAction([31_743], PLAIN)).toThrow(/31744…31999 expected, found 31743/);
  });

  test("become full throws of an axis where the original's clip is asked for", () => {
    const clip = { onForeignId: "clip" } as const;
    expect(decodeAction([2], PLAIN, clip)).toEqual([0.996078431372549]);
    expect(decodeAction([32_000], PLAIN, clip)).toEqual([-0.996078431372549]);
    expect(codeOf(() => decodeAction([Number.NaN], PLAIN, clip))).toBe("ACTION_TOKEN");
  });

  test("move with the size of the vocabulary", () => {
    const options = { vocabularySize: 1000 };
    expect(encodeAction([1], PLAIN, options)).toEqual([744]);
    expect(codeOf(() => decodeAction([743], PLAIN, options))).toBe("ACTION_TOKEN");
  });
});

test("values and statistics that make no sense are refused", () => {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY])
    expect(codeOf(() => encodeAction([value], PLAIN))).toBe("ACTION_VALUE");
  for (const wrong of [
    { q01: [], q99: [1] },
    { q01: [-1], q99: [1, 2] },
    { q01: [-1], q99: [1], mask: [] },
    { q01: [1], q99: [-1] },
    { q01: [Number.NaN], q99: [1] },
  ])
    expect(codeOf(() => encodeAction([0], wrong))).toBe("ACTION_STATISTICS");
});
