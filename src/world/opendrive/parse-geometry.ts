import type { OdrCoefficients, OdrGeometry, OdrShape } from "./model.ts";
import type { XmlElement } from "./xml-tree.ts";
import { childrenOf, faultAt, lengthIn, numberIn, oneOf } from "./xml-values.ts";

export function parsePlanView(planView: XmlElement): OdrGeometry[] {
  const pieces = childrenOf(planView, "geometry");
  if (pieces.length === 0) throw faultAt(planView, "at least one <geometry>", "none");
  return pieces.map((element) => {
    const shape = parseShape(element);
    const lengthM = lengthIn(element, "length");
    const turnRad = lengthM * sharpestInvm(shape);
    if (turnRad > TURN_MAX_RAD)
      throw faultAt(element, `a turn of at most ${TURN_MAX_RAD} rad`, `${turnRad.toFixed(0)} rad`);
    return {
      sM: numberIn(element, "s"),
      xM: numberIn(element, "x"),
      yM: numberIn(element, "y"),
      yawRad: numberIn(element, "hdg"),
      lengthM,
      shape,
    };
  });
}

/** No road winds this far in one piece; a curvature that does is a slip in its unit. */
const TURN_MAX_RAD = 500;

const sharpestInvm = (shape: OdrShape): number =>
  shape.kind === "ARC"
    ? Math.abs(shape.curvatureInvm)
    : shape.kind === "SPIRAL"
      ? Math.max(Math.abs(shape.startInvm), Math.abs(shape.endInvm))
      : 0;

const SHAPES: Readonly<Record<string, (element: XmlElement) => OdrShape>> = {
  line: () => ({ kind: "LINE" }),
  arc: (element) => ({ kind: "ARC", curvatureInvm: numberIn(element, "curvature") }),
  spiral: (element) => ({
    kind: "SPIRAL",
    startInvm: numberIn(element, "curvStart"),
    endInvm: numberIn(element, "curvEnd"),
  }),
  poly3: (element) => ({
    kind: "POLY3",
    a: numberIn(element, "a"),
    b: numberIn(element, "b"),
    c: numberIn(element, "c"),
    d: numberIn(element, "d"),
  }),
  paramPoly3: (element) => ({
    kind: "PARAM_POLY3",
    range: oneOf(
      element,
      "pRange",
      { normalized: "NORMALIZED", arcLength: "ARC_LENGTH" } as const,
      "NORMALIZED",
    ),
    u: coefficients(element, "U"),
    v: coefficients(element, "V"),
  }),
};

const coefficients = (element: XmlElement, axis: "U" | "V"): OdrCoefficients => [
  numberIn(element, `a${axis}`),
  numberIn(element, `b${axis}`),
  numberIn(element, `c${axis}`),
  numberIn(element, `d${axis}`),
];

/** Children of a geometry that are no shape. */
const NO_SHAPE = ["userData", "include", "dataQuality"];

function parseShape(geometry: XmlElement): OdrShape {
  const shapes = geometry.children.filter(({ name }) => !NO_SHAPE.includes(name));
  const [element] = shapes;
  const parse = element && Object.hasOwn(SHAPES, element.name) ? SHAPES[element.name] : undefined;
  if (!element || !parse || shapes.length > 1)
    throw faultAt(
      geometry,
      `one of ${Object.keys(SHAPES).join(", ")}`,
      shapes.map(({ name }) => `<${name}>`).join(", ") || "none",
      "ROAD_GEOMETRY_UNKNOWN",
    );
  return parse(element);
}
