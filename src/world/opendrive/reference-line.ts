import { recordAt } from "./cubic.ts";
import { spiralPoint } from "./euler-spiral.ts";
import type { OdrCoefficients, OdrGeometry, OdrShape } from "./model.ts";

/** Where the reference line is and where it heads. */
export type LinePose = {
  readonly xM: number; // map
  readonly yM: number; // map
  /** Direction of growing s. */
  readonly yawRad: number;
  /** Left positive. */
  readonly curvatureInvm: number;
};

/** The reference line at s; before its start and beyond its end the first and last piece go on. */
export function poseAt(planView: readonly OdrGeometry[], sM: number): LinePose {
  const piece = recordAt(planView, sM)!;
  const local = shapePose(piece.shape, sM - piece.sM, piece.lengthM);
  const cos = Math.cos(piece.yawRad);
  const sin = Math.sin(piece.yawRad);
  return {
    xM: piece.xM + cos * local.xM - sin * local.yM,
    yM: piece.yM + sin * local.xM + cos * local.yM,
    yawRad: piece.yawRad + local.yawRad,
    curvatureInvm: local.curvatureInvm,
  };
}

/** Pose at ds along a shape in the frame of its own start. */
function shapePose(shape: OdrShape, dsM: number, lengthM: number): LinePose {
  switch (shape.kind) {
    case "LINE":
      return { xM: dsM, yM: 0, yawRad: 0, curvatureInvm: 0 };
    case "ARC": {
      const { curvatureInvm } = shape;
      return { ...spiralPoint(curvatureInvm, 0, dsM), curvatureInvm };
    }
    case "SPIRAL": {
      const rate = lengthM > 0 ? (shape.endInvm - shape.startInvm) / lengthM : 0;
      const curvatureInvm = shape.startInvm + rate * dsM;
      return { ...spiralPoint(shape.startInvm, rate, dsM), curvatureInvm };
    }
    case "POLY3": {
      const v: OdrCoefficients = [shape.a, shape.b, shape.c, shape.d];
      return parametric([0, 1, 0, 0], v, uAtArcLength(v, dsM));
    }
    case "PARAM_POLY3": {
      const scale = shape.range === "NORMALIZED" && lengthM > 0 ? 1 / lengthM : 1;
      return parametric(shape.u, shape.v, dsM * scale);
    }
  }
}

function parametric(u: OdrCoefficients, v: OdrCoefficients, p: number): LinePose {
  const value = (q: OdrCoefficients) => q[0] + p * (q[1] + p * (q[2] + p * q[3]));
  const slope = (q: OdrCoefficients) => q[1] + p * (2 * q[2] + p * 3 * q[3]);
  const bend = (q: OdrCoefficients) => 2 * q[2] + 6 * p * q[3];
  const du = slope(u);
  const dv = slope(v);
  const speed = Math.hypot(du, dv);
  return {
    xM: value(u),
    yM: value(v),
    yawRad: Math.atan2(dv, du),
    curvatureInvm: speed > 0 ? (du * bend(v) - dv * bend(u)) / speed ** 3 : 0,
  };
}

/** Nodes and weights of 5-point Gauss–Legendre quadrature on −1…1. */
const GAUSS: readonly (readonly [number, number])[] = [
  [0, 0.5688888888888889],
  [-0.5384693101056831, 0.47862867049936647],
  [0.5384693101056831, 0.47862867049936647],
  [-0.906179845938664, 0.23692688505618908],
  [0.906179845938664, 0.23692688505618908],
];
/** Stretch that one quadrature covers, m: road cubics hardly bend over it. */
const QUADRATURE_M = 5;
const NEWTON_STEPS = 8;
const NEWTON_ENOUGH_M = 1e-10;

/** The u at which v(u), from u = 0, has that arc length. */
function uAtArcLength(v: OdrCoefficients, arcM: number): number {
  const speed = (u: number) => Math.hypot(1, v[1] + u * (2 * v[2] + u * 3 * v[3]));
  let u = arcM / speed(0);
  for (let step = 0; step < NEWTON_STEPS; step++) {
    const wrong = integral(speed, u) - arcM;
    // The line is at least as long as u, so that its end lies between.
    u = Math.min(Math.max(u - wrong / speed(u), Math.min(0, arcM)), Math.max(0, arcM));
    if (Math.abs(wrong) < NEWTON_ENOUGH_M) break;
  }
  return u;
}

function integral(f: (x: number) => number, to: number): number {
  const count = Math.max(1, Math.ceil(Math.abs(to) / QUADRATURE_M));
  const half = to / count / 2;
  let sum = 0;
  for (let i = 0; i < count; i++)
    for (const [node, weight] of GAUSS) sum += weight * f(half * (2 * i + 1 + node));
  return sum * half;
}
