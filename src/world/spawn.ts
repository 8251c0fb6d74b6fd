import { boxesOverlap, type GroundBox } from "./box.ts";
import type { Layout } from "./layout.ts";
import { drawMover, drawVehicleKind, type Mover, type MoverStart, overlaps } from "./mover.ts";
import type { Random } from "./random.ts";
import { type Road, sampleAt } from "./road.ts";
import { detectedObject } from "./scene-view.ts";
import type { SignalPlan } from "./signal-plan.ts";
import type { StartPlan } from "./start-plan.ts";
import { drawCrossAtM, type Walker } from "./walkers.ts";

/** Everybody on the road at the start. */
export type Population = { readonly movers: Mover[]; readonly walkers: Walker[] };

type Draft = {
  readonly rng: Random;
  readonly road: Road;
  readonly layout: Layout;
  readonly ego: Mover;
  readonly signal: SignalPlan | undefined;
  readonly plan: StartPlan;
  readonly movers: Mover[];
  readonly walkers: Walker[];
  nextId: number;
};

/** Adds a mover unless it would overlap somebody; returns it where it was added. */
function add(draft: Draft, start: Omit<MoverStart, "id">, marginM: number): Mover | undefined {
  const maxLengthM = draft.layout.roadClass === "CITY" ? 8.5 : 16;
  const m = drawMover(draft.rng, { maxLengthM, ...start, id: draft.nextId });
  if (overlaps(m, draft.ego, marginM) || crowdsEgo(draft, m)) return undefined;
  const box = grownBox(draft.road, m);
  if (boxesOverlap(box, grownBox(draft.road, draft.ego))) return undefined;
  for (const o of draft.movers)
    if (
      overlaps(m, o, marginM) ||
      (Math.abs(o.s - m.s) < 30 && boxesOverlap(box, grownBox(draft.road, o)))
    )
      return undefined;
  if (m.s < 2 || m.s > draft.road.lengthM - 2) return undefined;
  draft.nextId++;
  draft.movers.push(m);
  return m;
}

/** Box in the map, 0.2 m longer and wider: in bends road coordinates alone do not tell. */
function grownBox(road: Road, m: Mover): GroundBox {
  const box = detectedObject(road, m);
  return { ...box, lengthM: box.lengthM + 0.2, widthM: box.widthM + 0.2 };
}

/** true where a vehicle in another lane leaves ego no room to recover from a bad start. */
function crowdsEgo(draft: Draft, m: Mover): boolean {
  if (draft.plan.nominal || m.parked || Math.abs(m.d - draft.ego.targetD) < 1) return false;
  const aheadM = m.s - draft.ego.s;
  if (m.dir < 0) return aheadM > -10 && aheadM < 20 + 3 * (draft.ego.speedMps + m.speedMps);
  return Math.abs(aheadM) < (m.lengthM + draft.ego.lengthM) / 2 + 3;
}

/** Fills the road; nobody overlaps anybody. */
export function populate(
  rng: Random,
  road: Road,
  layout: Layout,
  ego: Mover,
  signal: SignalPlan | undefined,
  plan: StartPlan,
): Population {
  const draft: Draft = { rng, road, layout, ego, signal, plan, movers: [], walkers: [], nextId: 1 };
  addLeads(draft);
  if (plan.blocker) addBlocker(draft);
  addParked(draft);
  addTraffic(draft);
  if (plan.cutIn) addCutIn(draft);
  if (layout.roadClass === "CITY") addWalkers(draft);
  return { movers: draft.movers, walkers: draft.walkers };
}

function addLeads(draft: Draft): void {
  const { rng, ego, plan, layout } = draft;
  if (plan.leadGapM === undefined) return;
  let rear = ego.s + ego.lengthM / 2 + plan.leadGapM;
  let holdS = plan.leadHoldS;
  const count = plan.start === "QUEUE" || plan.start === "AT_LIGHT" ? rng.int(1, 4) : rng.int(1, 2);
  for (let i = 0; i < count; i++) {
    const kind = drawVehicleKind(rng);
    const m = add(
      draft,
      {
        kind,
        s: rear + 8.2,
        d: ego.targetD + rng.range(-0.25, 0.25),
        speedMps: plan.leadMps,
        desiredMps: layout.limitMps * rng.range(0.65, 1.25),
      },
      0.3,
    );
    if (m === undefined) continue;
    m.s = rear + m.lengthM / 2;
    if (
      draft.signal &&
      m.s + m.lengthM / 2 > draft.signal.stopS - 0.5 &&
      plan.start === "AT_LIGHT"
    ) {
      draft.movers.splice(draft.movers.indexOf(m), 1);
      return;
    }
    if (plan.start === "QUEUE") {
      m.episodeMps = 0;
      m.episodeUntilS = holdS;
      holdS = Math.max(0, holdS - rng.range(0.5, 1.5));
    }
    rear =
      m.s +
      m.lengthM / 2 +
      (plan.leadMps < 1 ? rng.range(1.5, 5) : 3 + plan.leadMps * rng.range(1, 3));
  }
}

function addBlocker(draft: Draft): void {
  const { rng, ego, layout } = draft;
  const static_ = rng.chance(0.3);
  add(
    draft,
    {
      kind: static_ ? "STATIC" : drawVehicleKind(rng),
      s: ego.s + (ego.speedMps * ego.speedMps) / 4 + rng.range(35, 160),
      d: rng.pick(layout.lanes).dM + rng.range(-0.3, 0.3),
      parked: true,
      yawOffsetRad: rng.range(-0.1, 0.1),
    },
    4,
  );
}

function addParked(draft: Draft): void {
  const { rng, layout, ego, signal } = draft;
  const side = layout.side;
  if (side === undefined) return;
  const denseProb = side.kind === "PARKING" ? rng.range(0.2, 0.95) : rng.range(0, 0.05);
  const sloppyProb = rng.chance(0.35) ? 0.25 : 0;
  for (let s = ego.s - 60; s < draft.road.lengthM - 20; s += rng.range(5.8, 8)) {
    if (!rng.chance(denseProb)) continue;
    if (signal && s > signal.stopS - 10 && s < (signal.crossing?.toS ?? signal.stopS) + 8) continue;
    const sloppy = rng.chance(sloppyProb);
    add(
      draft,
      {
        kind: rng.weighted({ CAR: 85, VAN: 15 }),
        s,
        d: side.dM + (sloppy ? rng.range(0.2, 1) : rng.range(-0.15, 0.1)),
        parked: true,
        yawOffsetRad: rng.range(-0.04, 0.04) + (rng.chance(0.04) ? Math.PI : 0),
      },
      0.6,
    );
  }
}

function addTraffic(draft: Draft): void {
  const { rng, layout, ego, road, plan } = draft;
  const density = plan.density;
  for (const lane of [...layout.lanes, ...layout.oncoming]) {
    const own = Math.abs(lane.dM - ego.targetD) < 0.1;
    const laneMps = layout.limitMps * rng.range(0.8, 1.2);
    const startS = ego.s + (own ? (plan.leadGapM === undefined ? 110 : 90) : rng.range(-70, -40));
    const stepM = () =>
      8 +
      (3 + ego.speedMps * 0.6 + laneMps * 0.9) * (0.7 - Math.log(1 - 0.95 * rng.next()) / density);
    for (let s = startS; s < ego.s + 250; s += stepM())
      trafficAt(draft, s, lane.dM, lane.oncoming, laneMps);
    if (own && rng.chance(0.7)) {
      const gapM = 7 + ego.speedMps * rng.range(1, 2.5);
      trafficAt(draft, ego.s - gapM - 4, lane.dM, false, laneMps);
    }
  }
  // movers beyond the road's ends were never added
  for (const m of draft.movers)
    if (!m.parked) m.speedMps = Math.min(m.speedMps, sampleAt(road, road.speedAlongMps, m.s));
}

function trafficAt(draft: Draft, s: number, d: number, oncoming: boolean, laneMps: number): void {
  const { rng, ego, layout, signal } = draft;
  const desiredMps = laneMps * rng.range(0.85, 1.15);
  const flowing = oncoming
    ? desiredMps
    : Math.min(desiredMps, Math.max(ego.speedMps, 0.4 * layout.limitMps));
  const nearQueue = !oncoming && ego.speedMps < 0.5 && Math.abs(s - ego.s) < 40;
  const beforeLine = signal !== undefined && !oncoming && s < signal.stopS && s > signal.stopS - 40;
  add(
    draft,
    {
      kind: drawVehicleKind(rng),
      s,
      d: d + rng.range(-0.25, 0.25),
      dir: oncoming ? -1 : 1,
      speedMps: nearQueue ? 0 : beforeLine ? Math.min(flowing, 6) : flowing,
      desiredMps,
    },
    4 + (nearQueue ? 0 : 0.35 * flowing),
  );
}

function addCutIn(draft: Draft): void {
  const { rng, ego, layout } = draft;
  const sides = layout.lanes.filter(
    (lane) => Math.abs(Math.abs(lane.dM - ego.targetD) - layout.laneWidthM) < 0.2,
  );
  if (sides.length === 0) return;
  const m = add(
    draft,
    {
      kind: rng.weighted({ CAR: 70, VAN: 15, TRUCK: 5, MOTORCYCLE: 10 }),
      s: ego.s + rng.range(8, 40),
      d: rng.pick(sides).dM,
      speedMps: Math.max(1, ego.speedMps * rng.range(0.85, 1.15)),
      desiredMps: Math.max(3, layout.limitMps * rng.range(0.7, 1.1)),
    },
    2,
  );
  if (m === undefined) return;
  m.cutInD = ego.targetD;
  m.lateralMaxMps = rng.range(0.8, 1.6);
}

function addWalkers(draft: Draft): void {
  const { rng, layout, ego, plan } = draft;
  const count = rng.int(0, 7);
  for (let i = 0; i < count + (plan.crossing ? 1 : 0); i++) {
    const crosses = plan.crossing && i === count;
    const right = rng.chance(0.6);
    const edgeM = right ? layout.rightEdgeM : layout.leftEdgeM;
    const out = right ? -1 : 1;
    const roadside = crosses || rng.chance(0.3);
    const kind = rng.chance(0.8) ? "PEDESTRIAN" : "CYCLIST";
    const mover = drawMover(rng, {
      id: 1001 + i,
      kind,
      s: ego.s + (crosses ? rng.range(20, 140) : rng.range(-20, 220)),
      d: edgeM + out * (roadside ? 0.5 : rng.range(0.6, 2)),
      speedMps: crosses || rng.chance(0.4) ? 0 : rng.range(0.6, kind === "CYCLIST" ? 3 : 1.8),
      yawOffsetRad: rng.chance(0.5) ? 0 : Math.PI,
    });
    if (draft.walkers.some((w) => overlaps(w.mover, mover, 0.5))) continue;
    draft.walkers.push({
      mover,
      crossToD: right ? layout.leftEdgeM + 0.8 : layout.rightEdgeM - 0.8,
      crossMps: rng.range(0.9, kind === "CYCLIST" ? 3 : 2.2),
      crossing: false,
      ...(crosses ? { crossAtM: drawCrossAtM(rng) } : {}),
      askedMps2: plan.nominal || rng.chance(0.6) ? 2.5 : 4.5,
    });
  }
  if (plan.cyclist)
    add(
      draft,
      {
        kind: "CYCLIST",
        s: ego.s + ego.speedMps * 3 + rng.range(15, 80),
        d: layout.lanes[layout.lanes.length - 1]!.dM - layout.laneWidthM / 2 + rng.range(0.4, 1),
        speedMps: rng.range(3, 6),
        desiredMps: rng.range(3.5, 6.5),
      },
      2,
    );
}
