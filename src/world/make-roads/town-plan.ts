import type { Random } from "../random.ts";
import type { EdgePlan, NetworkPlan, NodePlan } from "./network.ts";
import { drawCityStyle, drawRuralStyle, type RoadStyle } from "./road-style.ts";

type GridPlan = {
  readonly columns: number;
  readonly rows: number;
  readonly spacingM: number;
  readonly armM: readonly [min: number, max: number];
  readonly rule: () => NodePlan["rule"];
  /** Style of the roads along a row or column. */
  readonly style: () => RoadStyle;
  /** Height differences between neighbouring places, m. */
  readonly reliefM: number;
  /** Share of roads that are left out, where at least three remain at each place. */
  readonly gapProb: number;
};

/** Directions of the four arms, counter-clockwise from east. */
const STEPS = [
  [1, 0],
  [0, 1],
  [-1, 0],
  [0, -1],
] as const;
/** How far places lie off the grid, as a share of its spacing, and arms off the direct way. */
const JITTER = 0.1;
const ARM_JITTER_RAD = 0.12;

/** Streets between the places of an uneven grid, with arms that leave it on all sides. */
function gridPlan(rng: Random, plan: GridPlan): NetworkPlan {
  const { columns, rows, spacingM } = plan;
  const jitter = () => rng.range(-JITTER, JITTER) * spacingM;
  const nodes = Array.from(
    { length: columns * rows },
    (_, n): NodePlan => ({
      xM: (n % columns) * spacingM + jitter(),
      yM: Math.floor(n / columns) * spacingM + jitter(),
      heightM: rng.range(-0.5, 0.5) * plan.reliefM,
      rule: plan.rule(),
    }),
  );
  const at = (column: number, row: number) =>
    column < 0 || row < 0 || column >= columns || row >= rows ? undefined : row * columns + column;
  const rowStyles = Array.from({ length: rows }, plan.style);
  const columnStyles = Array.from({ length: columns }, plan.style);
  const rowsFirst = rng.chance(0.5);
  const wishes: EdgePlan[] = [];
  for (const n of nodes.keys()) {
    const [column, row] = [n % columns, Math.floor(n / columns)];
    for (const [k, [dx, dy]] of STEPS.entries()) {
      const other = at(column + dx, row + dy);
      // Streets between two places are listed once, by the one to the west or south.
      if (other !== undefined && k > 1) continue;
      const style = k % 2 === 0 ? rowStyles[row]! : columnStyles[column]!;
      const main = (k % 2 === 0) === rowsFirst;
      const yaw = (k * Math.PI) / 2;
      const turn = () => rng.range(-1, 1) * ARM_JITTER_RAD;
      if (other === undefined)
        wishes.push({
          from: n,
          fromRad: yaw + turn(),
          to: { lengthM: rng.range(...plan.armM) },
          style,
          main,
        });
      else {
        const [a, b] = [nodes[n]!, nodes[other]!];
        const direct = Math.atan2(b.yM - a.yM, b.xM - a.xM);
        const to = { node: other, yawRad: direct + Math.PI + turn() };
        wishes.push({ from: n, fromRad: direct + turn(), to, style, main });
      }
    }
  }
  return { nodes, edges: thinned(rng, wishes, plan.gapProb) };
}

function thinned(rng: Random, wishes: readonly EdgePlan[], gapProb: number): EdgePlan[] {
  let kept = [...wishes];
  for (const edge of wishes) {
    if (!rng.chance(gapProb)) continue;
    const rest = kept.filter((one) => one !== edge);
    const spare = touched(edge).every(
      (n) => rest.filter((one) => touched(one).includes(n)).length >= 3,
    );
    if (spare && isConnected(rest)) kept = rest;
  }
  return kept;
}

const touched = ({ from, to }: EdgePlan): number[] => ("node" in to ? [from, to.node] : [from]);

/** Whether every place is reached from every other one. */
function isConnected(edges: readonly EdgePlan[]): boolean {
  const nodes = new Set(edges.flatMap(touched));
  const [first] = nodes;
  const seen = new Set(first === undefined ? [] : [first]);
  for (const n of seen)
    for (const edge of edges)
      if (touched(edge).includes(n)) for (const other of touched(edge)) seen.add(other);
  return seen.size === nodes.size;
}

/** Distance between crossings in towns, m. */
const TOWN_SPACING_M = [170, 260] as const;

const countFor = (sizeM: number, spacingM: number, max: number): number =>
  Math.min(max, Math.max(1, Math.round(sizeM / spacingM)));

/** Streets with crossings: lights, stop or yield signs, or nothing. */
export function townPlan(rng: Random, sizeM: number): NetworkPlan {
  const spacingM = rng.range(...TOWN_SPACING_M);
  const usual = rng.pick(["LIGHTS", "LIGHTS", "STOP", "YIELD", "NONE"] as const);
  const columns = Math.max(3, countFor(sizeM, spacingM, 6));
  return gridPlan(rng, {
    columns,
    rows: Math.min(columns, rng.int(1, 2) + (sizeM > 1200 ? 1 : 0)),
    spacingM,
    armM: [340, 440],
    rule: () => (rng.chance(0.5) ? usual : rng.pick(["LIGHTS", "STOP", "YIELD", "NONE"] as const)),
    style: () => drawCityStyle(rng),
    reliefM: rng.pick([0, 0, 4]),
    gapProb: 0.3,
  });
}

/** One to three roundabouts. */
export function roundaboutPlan(rng: Random, sizeM: number): NetworkPlan {
  const spacingM = rng.range(230, 320);
  const rural = rng.chance(0.3);
  return gridPlan(rng, {
    columns: Math.max(2, countFor(sizeM, spacingM * 1.4, 4)),
    rows: 1,
    spacingM,
    armM: [320, 420],
    rule: () => "ROUNDABOUT",
    style: () => (rural ? drawRuralStyle(rng) : drawCityStyle(rng, rng.pick([1, 1, 2]))),
    reliefM: rng.pick([0, 3]),
    gapProb: 0.3,
  });
}

/** Towns and country side by side: every kind of junction, streets and winding roads. */
export function mixedPlan(rng: Random, sizeM: number): NetworkPlan {
  const spacingM = rng.range(240, 330);
  const columns = Math.max(2, countFor(sizeM, spacingM, 5));
  return gridPlan(rng, {
    columns,
    rows: 2,
    spacingM,
    armM: [300, 450],
    rule: () => rng.pick(["LIGHTS", "LIGHTS", "STOP", "YIELD", "NONE", "ROUNDABOUT"] as const),
    style: () => (rng.chance(0.4) ? drawRuralStyle(rng) : drawCityStyle(rng)),
    reliefM: 6,
    gapProb: 0.25,
  });
}

/** A winding road with side roads that wait for it. */
export function ruralPlan(rng: Random, sizeM: number): NetworkPlan {
  const main = drawRuralStyle(rng);
  const side = drawRuralStyle(rng);
  const spacingM = rng.range(550, 800);
  const count = countFor(sizeM, spacingM, 5);
  const nodes = Array.from(
    { length: count },
    (_, n): NodePlan => ({
      xM: n * spacingM,
      yM: rng.range(-0.15, 0.15) * spacingM,
      heightM: rng.range(-12, 12),
      rule: rng.pick(["STOP", "YIELD", "YIELD"] as const),
    }),
  );
  const turn = () => rng.range(-1, 1) * ARM_JITTER_RAD;
  const ways = nodes.map((_, n) => {
    const [before, after] = [nodes[Math.max(0, n - 1)]!, nodes[Math.min(count - 1, n + 1)]!];
    return Math.atan2(after.yM - before.yM, after.xM - before.xM) + turn();
  });
  const edges: EdgePlan[] = nodes.flatMap((_, n): EdgePlan[] => {
    const up = rng.chance(0.5) ? 1 : -1;
    const arm = (yaw: number, style: RoadStyle, main: boolean): EdgePlan => ({
      from: n,
      fromRad: yaw,
      to: { lengthM: main ? rng.range(450, 700) : rng.range(180, 320) },
      style,
      main,
    });
    const yaw = ways[n]!;
    return [
      ...(n + 1 < count
        ? [
            {
              from: n,
              fromRad: yaw,
              to: { node: n + 1, yawRad: ways[n + 1]! + Math.PI },
              style: main,
              main: true,
            },
          ]
        : [arm(yaw, main, true)]),
      ...(n === 0 ? [arm(yaw + Math.PI, main, true)] : []),
      arm(yaw + (up * Math.PI) / 2 + turn(), side, false),
      ...(rng.chance(0.25) ? [arm(yaw - (up * Math.PI) / 2 + turn(), side, false)] : []),
    ];
  });
  return { nodes, edges };
}
