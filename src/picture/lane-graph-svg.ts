import type { GraphLane, LaneGraph, LaneRoute, Turn } from "../contract/lane-graph.ts";
import type { MarkKind } from "../contract/scene.ts";

/** Paint of lanes by what may travel on them. */
const KIND_FILL: Readonly<Record<GraphLane["kind"], string>> = {
  DRIVING: "#6b7280",
  SHOULDER: "#8f979f",
  PARKING: "#7d8fb3",
  SIDEWALK: "#cfc6b4",
  BIKING: "#b06a5c",
  MEDIAN: "#9cb386",
  BORDER: "#a9b4a0",
  OTHER: "#b8bec4",
};
const TURN_STROKE: Readonly<Record<Turn, string>> = {
  STRAIGHT: "#f8fafc",
  LEFT: "#7dd3fc",
  RIGHT: "#fcd34d",
  U_TURN: "#f0abfc",
};
const GROUP_FILL = ["#16a34a", "#dc2626", "#2563eb", "#d97706", "#9333ea", "#0d9488"];
const STOP_STROKE = { LIGHT: "#ef4444", STOP: "#b91c1c", YIELD: "#f97316" } as const;
const MARK_WIDTH_M = 0.15;
const DASH_M = "3 4.5";
const MARGIN_M = 15;
/** Direction arrows along a lane stand this far apart. */
const ARROW_EVERY_M = 40;

/**
 * A lane graph from above as SVG: lanes by kind, marks, direction arrows, ways through junctions by turn
 * (white straight, blue left, yellow right), kerbs, crossings, stop lines, lights in the colour
 * of their group, and a route in magenta. One unit is a metre, north is up.
 */
export function laneGraphSvg(graph: LaneGraph, route?: LaneRoute): string {
  const { x, y, width, height } = frameOf(graph);
  const lanes = graph.lanes;
  const inJunction = (lane: GraphLane) => lane.junctionId !== undefined;
  const parts = [
    ...lanes.filter((lane) => !isDriven(lane)).map(laneFace),
    ...lanes.filter((lane) => isDriven(lane)).map(laneFace),
    ...graph.crossings.map(
      ({ outline }) => `<path d="${path(outline)}Z" fill="#fff" fill-opacity=".6"/>`,
    ),
    ...lanes.flatMap(laneMarks),
    ...graph.kerbs.map(({ line }) => stroke(path(line), "#4b3621", 0.2)),
    ...lanes
      .filter((lane) => isDriven(lane) && inJunction(lane))
      .map((lane) => stroke(centre(lane), TURN_STROKE[lane.turn ?? "STRAIGHT"], 0.25, 0.8)),
    ...(route ? route.lanes.map((i) => stroke(centre(lanes[i]!), "#e11d8f", 1.2, 0.7)) : []),
    ...lanes.filter((lane) => isDriven(lane) && !inJunction(lane)).flatMap(arrows),
    ...graph.stopLines.map(({ x0M, y0M, x1M, y1M, kind }) =>
      stroke(path([x0M, y0M, x1M, y1M]), STOP_STROKE[kind], 0.6),
    ),
    ...graph.signals.map(lightMark),
  ];
  const caption = `<text x="${m(x + 3)}" y="${m(y + height - 3)}" font-family="sans-serif" font-size="${m(Math.max(4, width / 70))}" fill="#1f2937">${escaped(graph.name)}, ${width.toFixed(0)} × ${height.toFixed(0)} m</text>`;
  const box = `${m(x)} ${m(y)} ${m(width)} ${m(height)}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${box}" width="${pixels(width, height, width)}" height="${pixels(width, height, height)}">
<rect x="${m(x)}" y="${m(y)}" width="${m(width)}" height="${m(height)}" fill="#dfe7d6"/>
${parts.join("\n")}
${caption}
</svg>
`;
}

/** Longer side of the picture as it opens, px; as vectors it enlarges without loss. */
const LONG_SIDE_PX = 2000;
const pixels = (width: number, height: number, side: number): number =>
  Math.max(1, Math.round((LONG_SIDE_PX * side) / Math.max(width, height)));

const isDriven = (lane: GraphLane): boolean => lane.kind === "DRIVING";
const m = (value: number): string => String(Math.round(value * 100) / 100);
const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** SVG's y points down. */
function frameOf(graph: LaneGraph) {
  let [xMin, yMin, xMax, yMax] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const lane of graph.lanes)
    for (let i = 0; i < lane.xM.length; i++) {
      xMin = Math.min(xMin, lane.xM[i]!);
      xMax = Math.max(xMax, lane.xM[i]!);
      yMin = Math.min(yMin, lane.yM[i]!);
      yMax = Math.max(yMax, lane.yM[i]!);
    }
  if (graph.lanes.length === 0) return { x: 0, y: 0, width: 1, height: 1 };
  return {
    x: xMin - MARGIN_M,
    y: -yMax - MARGIN_M,
    width: xMax - xMin + 2 * MARGIN_M,
    height: yMax - yMin + 2 * MARGIN_M,
  };
}

/** [P, 2] m, map → path data. */
function path(line: ArrayLike<number>): string {
  let d = "";
  for (let i = 0; i + 1 < line.length; i += 2)
    d += `${i === 0 ? "M" : "L"}${m(line[i]!)} ${m(-line[i + 1]!)}`;
  return d;
}

const stroke = (d: string, color: string, widthM: number, opacity = 1, dash = ""): string =>
  `<path d="${d}" fill="none" stroke="${color}" stroke-width="${widthM}"${opacity < 1 ? ` stroke-opacity="${opacity}"` : ""}${dash ? ` stroke-dasharray="${dash}"` : ""}/>`;

/** Points at an offset to the left, as a share of the lane's width. [P, 2] m, map */
function beside(lane: GraphLane, share: number, shiftM = 0): number[] {
  const line: number[] = [];
  for (let i = 0; i < lane.xM.length; i++) {
    const d = lane.widthM[i]! * share + shiftM;
    const yaw = lane.yawRad[i]!;
    line.push(lane.xM[i]! - d * Math.sin(yaw), lane.yM[i]! + d * Math.cos(yaw));
  }
  return line;
}

const centre = (lane: GraphLane): string => path(beside(lane, 0));

function laneFace(lane: GraphLane): string {
  const right = beside(lane, -0.5);
  const back: number[] = [];
  for (let i = right.length - 2; i >= 0; i -= 2) back.push(right[i]!, right[i + 1]!);
  return `<path d="${path([...beside(lane, 0.5), ...back])}Z" fill="${KIND_FILL[lane.kind]}"/>`;
}

function laneMarks(lane: GraphLane): string[] {
  const mark = (kind: MarkKind, share: number): string[] => {
    if (kind === "NONE") return [];
    if (kind === "DOUBLE")
      return [-MARK_WIDTH_M, MARK_WIDTH_M].map((shift) =>
        stroke(path(beside(lane, share, shift)), "#fff", MARK_WIDTH_M),
      );
    const dash = kind === "DASHED" ? DASH_M : "";
    return [stroke(path(beside(lane, share)), "#fff", MARK_WIDTH_M, 1, dash)];
  };
  // Each border once: the left one is another lane's right one, except towards oncoming traffic.
  const ownsLeft = lane.leftIndex === undefined;
  return [...mark(lane.rightMark, -0.5), ...(ownsLeft ? mark(lane.leftMark, 0.5) : [])];
}

function arrows(lane: GraphLane): string[] {
  const count = Math.max(1, Math.floor(lane.lengthM / ARROW_EVERY_M));
  return Array.from({ length: count }, (_, k) => {
    const i = Math.floor(((k + 0.5) / count) * (lane.sM.length - 1));
    const yawDeg = (-lane.yawRad[i]! * 180) / Math.PI;
    const size = Math.min(1, lane.widthM[i]! / 3.5);
    return `<path d="M-1.5 .9L1.5 0L-1.5 -.9Z" fill="#f8fafc" fill-opacity=".75" transform="translate(${m(lane.xM[i]!)} ${m(-lane.yM[i]!)}) rotate(${m(yawDeg)}) scale(${m(size)})"/>`;
  });
}

function lightMark(light: LaneGraph["signals"][number]): string {
  const color = GROUP_FILL[light.group % GROUP_FILL.length]!;
  const yawDeg = (-light.yawRad * 180) / Math.PI;
  return `<g transform="translate(${m(light.xM)} ${m(-light.yM)}) rotate(${m(yawDeg)})"><circle r="1.2" fill="${color}" stroke="#111827" stroke-width=".25"/><path d="M1.2 0H4" stroke="${color}" stroke-width=".5"/></g>`;
}
