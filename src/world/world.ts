import { CAR } from "../contract/maneuver.ts";
import type { Scene } from "../contract/scene.ts";
import { type BicycleState, stepBicycle } from "../geometry/bicycle.ts";
import { boxesOverlap } from "./box.ts";
import { type PlacedBlock, placeBlocks } from "./furniture.ts";
import { drawLayout, drawShape, type Layout, type RoadClass } from "./layout.ts";
import type { Mover } from "./mover.ts";
import { drawMover, overlaps } from "./mover.ts";
import { Random } from "./random.ts";
import { makeRoad, poseAt, type Road, roadCoordinates, sampleAt } from "./road.ts";
import {
  detectedObject,
  SCENE_AHEAD_M,
  SCENE_BEHIND_M,
  sceneKerbs,
  sceneLanes,
  sceneStop,
  windowAt,
} from "./scene-view.ts";
import { drawSignalPlan, type SignalPlan, signalStateAt } from "./signal-plan.ts";
import { populate } from "./spawn.ts";
import { drawStartPlan, type StartKind, type StartPlan } from "./start-plan.ts";
import { stepTraffic } from "./traffic.ts";
import { stepWalkers, type Walker } from "./walkers.ts";

const EGO_START_S = 150;
const ACCEL_LAG_S = 0.15;
const CURVATURE_LAG_S = 0.1;
/** Rear axle to box centre. */
const BOX_AHEAD_M = CAR.frontOverhangFromRearAxleM - CAR.lengthM / 2;

/** Everything that can be fixed instead of drawn. */
export type WorldOptions = {
  /** No bad first position or speed. */
  readonly nominal?: boolean;
  readonly roadClass?: RoadClass;
  readonly start?: StartKind;
  /** Further parts of the start plan to fix. */
  readonly plan?: Partial<StartPlan>;
  /** Stamp of the first scene. */
  readonly startUs?: number;
};

export type Control = { readonly accelMps2: number; readonly curvatureInvm: number };

/** What ego ran into; `egoCaused` is false where another ran into ego's rear or standing ego. */
export type Collision = {
  readonly withId: number;
  readonly kind: string;
  readonly egoCaused: boolean;
};

/** A Scene in motion. */
export type World = {
  readonly seed: number;
  readonly layout: Layout;
  readonly plan: StartPlan;
  readonly timeS: () => number;
  readonly scene: () => Scene;
  readonly step: (dtS: number, control: Control) => void;
  /** First contact since the start. */
  readonly collision: () => Collision | undefined;
  /** true when ego's front passed the line on red in the last step. */
  readonly ranRed: () => boolean;
  /** ego in road coordinates (rear axle). */
  readonly egoRoad: () => { readonly s: number; readonly d: number };
};

/** Draws a world. The same seed and options give the same world to the bit. */
export function createWorld(seed: number, options: WorldOptions = {}): World {
  return new GeneratedWorld(seed, options);
}

class GeneratedWorld implements World {
  readonly seed: number;
  readonly layout: Layout;
  readonly plan: StartPlan;
  readonly #rng: Random;
  readonly #road: Road;
  readonly #signal: SignalPlan | undefined;
  readonly #blocks: readonly PlacedBlock[];
  readonly #movers: Mover[];
  readonly #walkers: readonly Walker[];
  readonly #walkerMovers: readonly Mover[];
  readonly #startUs: number;
  readonly #look: { light: number; haze: number; textureSeed: number };
  #ego: BicycleState;
  #accelMps2 = 0;
  #curvatureInvm = 0;
  #egoMover: Mover;
  #egoS: number;
  #egoD: number;
  #tickUs = 0;
  #sceneId = 0;
  #collision: Collision | undefined;
  #ranRed = false;

  constructor(seed: number, options: WorldOptions) {
    this.seed = seed;
    const rng = new Random(seed);
    this.#startUs = options.startUs ?? 1_700_000_000_000_000 + (seed % 1_000_000) * 60_000_000;
    const start =
      options.start ?? rng.weighted({ MOVING: 78, QUEUE: 13, AT_LIGHT: 6, STANDING: 3 });
    const drawn = rng.weighted({ CITY: 55, RURAL: 20, HIGHWAY: 25 });
    const slowStart = start === "AT_LIGHT" || start === "STANDING";
    const roadClass = options.roadClass ?? (slowStart ? "CITY" : drawn);
    this.layout = drawLayout(rng, roadClass);
    const nominal = options.nominal ?? rng.chance(0.55);
    this.plan = { ...drawStartPlan(rng, this.layout, nominal, start), ...options.plan };
    this.#road = makeRoad(rng, drawShape(rng, this.layout));
    const laneD = this.layout.lanes[this.plan.egoLane]!.dM;
    const curveMps = sampleAt(this.#road, this.#road.speedAlongMps, EGO_START_S);
    const speedMps = Math.min(this.plan.egoMps, curveMps * (nominal ? 0.95 : 1.05));
    this.#signal = this.#drawSignal(rng, speedMps);
    const pose = poseAt(this.#road, EGO_START_S, laneD + this.plan.lateralM);
    this.#ego = { ...pose, yawRad: pose.yawRad + this.plan.headingRad, speedMps };
    this.#egoS = EGO_START_S;
    this.#egoD = laneD + this.plan.lateralM;
    this.#egoMover = {
      ...drawMover(rng, {
        id: 0,
        kind: "CAR",
        s: EGO_START_S + BOX_AHEAD_M,
        d: this.#egoD,
        speedMps,
      }),
      lengthM: CAR.lengthM,
      widthM: CAR.widthM,
      targetD: laneD,
    };
    this.#curvatureInvm = sampleAt(this.#road, this.#road.curvatureInvm, EGO_START_S);
    const people = populate(rng, this.#road, this.layout, this.#egoMover, this.#signal, {
      ...this.plan,
      egoMps: speedMps,
      leadMps: Math.min(this.plan.leadMps, curveMps),
    });
    this.#movers = people.movers;
    this.#walkers = people.walkers;
    this.#walkerMovers = people.walkers.map((w) => w.mover);
    this.#blocks = placeBlocks(rng, this.#road, this.layout, this.#signal);
    this.#look = {
      light: rng.chance(0.8) ? rng.range(0.45, 1) : rng.range(0, 0.45),
      haze: rng.chance(0.7) ? rng.range(0, 0.15) : rng.range(0.15, 0.8),
      textureSeed: rng.nextUint(),
    };
    this.#rng = rng;
  }

  #drawSignal(rng: Random, speedMps: number): SignalPlan | undefined {
    if (this.plan.signal === "NONE") return undefined;
    const front = EGO_START_S + CAR.frontOverhangFromRearAxleM;
    if (this.plan.start === "AT_LIGHT") {
      const lead = this.plan.leadGapM === undefined ? 0 : rng.range(10, 30);
      const plan = drawSignalPlan(rng, this.layout, front + rng.range(0.6, 3) + lead, false);
      return { ...plan, offsetS: rng.range(0, plan.redS) };
    }
    const nearM = (speedMps * speedMps) / 4 + 8;
    const stopS = front + nearM + rng.range(0, 160);
    return drawSignalPlan(rng, this.layout, stopS, this.plan.signal === "SIGN");
  }

  timeS(): number {
    return this.#tickUs / 1e6;
  }

  egoRoad(): { readonly s: number; readonly d: number } {
    return { s: this.#egoS, d: this.#egoD };
  }

  collision(): Collision | undefined {
    return this.#collision;
  }

  ranRed(): boolean {
    return this.#ranRed;
  }

  step(dtS: number, control: Control): void {
    if (
      !(dtS > 0) ||
      !Number.isFinite(control.accelMps2) ||
      !Number.isFinite(control.curvatureInvm)
    )
      throw new RangeError(
        `world step: dtS > 0 and a finite control expected, found ${dtS}, ` +
          `${control.accelMps2}, ${control.curvatureInvm}`,
      );
    const frontBefore = this.#egoS + CAR.frontOverhangFromRearAxleM;
    this.#moveEgo(dtS, control);
    this.#drawEpisodes(dtS);
    const context = {
      road: this.#road,
      timeS: this.timeS(),
      signal: this.#signal,
      ego: this.#egoMover,
      walkers: this.#walkerMovers,
    };
    stepTraffic(this.#movers, context, dtS);
    stepWalkers(this.#walkers, this.#egoMover, dtS);
    this.#tickUs += Math.round(dtS * 1e6);
    this.#recycle();
    const line = this.#signal?.stopS ?? Number.POSITIVE_INFINITY;
    const passed = frontBefore <= line && this.#egoS + CAR.frontOverhangFromRearAxleM > line;
    this.#ranRed =
      passed && this.#signal !== undefined && signalStateAt(this.#signal, this.timeS()) === "RED";
    this.#collision ??= this.#findCollision();
  }

  #moveEgo(dtS: number, control: Control): void {
    const n = Math.max(1, Math.round(dtS / 0.05));
    const h = dtS / n;
    for (let i = 0; i < n; i++) {
      this.#accelMps2 += (control.accelMps2 - this.#accelMps2) * (1 - Math.exp(-h / ACCEL_LAG_S));
      this.#curvatureInvm +=
        (control.curvatureInvm - this.#curvatureInvm) * (1 - Math.exp(-h / CURVATURE_LAG_S));
      this.#ego = stepBicycle(this.#ego, this.#accelMps2, this.#curvatureInvm, h);
    }
    if (this.#ego.speedMps === 0) this.#accelMps2 = Math.max(0, this.#accelMps2);
    const at = roadCoordinates(this.#road, this.#ego.xM, this.#ego.yM, this.#egoS);
    this.#egoS = at.s;
    this.#egoD = at.d;
    const angle = this.#ego.yawRad - sampleAt(this.#road, this.#road.yawRad, at.s);
    const e = this.#egoMover;
    e.s = at.s + BOX_AHEAD_M * Math.cos(angle);
    e.d = at.d + BOX_AHEAD_M * Math.sin(angle);
    e.speedMps = this.#ego.speedMps;
    e.accelMps2 = this.#accelMps2;
  }

  #drawEpisodes(dtS: number): void {
    const rate = this.plan.episodeRateHz * dtS;
    const timeS = this.timeS();
    const highway = this.layout.roadClass === "HIGHWAY";
    for (const m of this.#movers) {
      if (m.parked) continue;
      if (rate > 0 && timeS >= m.episodeUntilS && this.#rng.chance(rate)) {
        const stops = !highway && this.#rng.chance(0.4);
        m.episodeMps = stops ? 0 : m.speedMps * this.#rng.range(highway ? 0.4 : 0.1, 0.8);
        m.episodeUntilS = timeS + this.#rng.range(2, 9);
        m.episodeDecelMps2 = this.#rng.range(1.2, this.#rng.chance(0.2) ? 6 : 3);
      }
      if (m.cutInD !== undefined) this.#maybeCutIn(m, m.cutInD);
    }
  }

  #maybeCutIn(m: Mover, d: number): void {
    const e = this.#egoMover;
    const gapM = m.s - e.s - (m.lengthM + e.lengthM) / 2;
    const closing = Math.max(0, e.speedMps - m.speedMps);
    if (gapM < 3 + 0.25 * e.speedMps + closing * 2 || gapM > 45 || m.speedMps < 2) return;
    const there = { ...m, d };
    if (this.#movers.some((o) => o !== m && overlaps(there, o, 3 + 0.3 * m.speedMps))) return;
    m.targetD = d;
    delete m.cutInD;
  }

  /** Vehicles that were left behind come again ahead, and the other way round. */
  #recycle(): void {
    for (let i = this.#movers.length - 1; i >= 0; i--) {
      const m = this.#movers[i]!;
      const at = m.s - this.#egoS;
      if (m.s < 3 || m.s > this.#road.lengthM - 3) {
        this.#movers.splice(i, 1);
        continue;
      }
      if (m.parked || (at > -110 && at < 260)) continue;
      const ahead = at < 0;
      if (m.dir < 0 && !ahead) continue;
      const s = this.#egoS + (ahead ? this.#rng.range(200, 250) : this.#rng.range(-100, -80));
      const there = { ...m, s };
      if (s < 5 || s > this.#road.lengthM - 5) continue;
      if (this.#movers.some((o) => o !== m && overlaps(there, o, 10 + m.speedMps))) continue;
      m.s = s;
      m.speedMps = Math.min(m.desiredMps, this.layout.limitMps);
      m.lateralMps = 0;
      m.d = m.targetD;
      delete m.signUntilS;
    }
  }

  #findCollision(): Collision | undefined {
    const e = this.#egoMover;
    const centre = {
      xM: this.#ego.xM + BOX_AHEAD_M * Math.cos(this.#ego.yawRad),
      yM: this.#ego.yM + BOX_AHEAD_M * Math.sin(this.#ego.yawRad),
      yawRad: this.#ego.yawRad,
      lengthM: e.lengthM,
      widthM: e.widthM,
    };
    for (const m of [...this.#movers, ...this.#walkerMovers]) {
      if (Math.abs(m.s - e.s) > 15) continue;
      const box = detectedObject(this.#road, m);
      if (!boxesOverlap(centre, box)) continue;
      const behind = m.s < e.s - 1 && !m.parked && m.dir > 0;
      const egoCaused = e.speedMps > 0.1 && !behind;
      return { withId: m.id, kind: m.kind, egoCaused };
    }
    for (const b of this.#blocks)
      if (Math.abs(b.s - e.s) < 30 && boxesOverlap(centre, b))
        return { withId: -1, kind: b.kind, egoCaused: true };
    return undefined;
  }

  scene(): Scene {
    const w = windowAt(this.#road, this.#egoS);
    const near = (s: number) =>
      s > this.#egoS - SCENE_BEHIND_M - 10 && s < this.#egoS + SCENE_AHEAD_M;
    const objects = [];
    for (const m of this.#movers) if (near(m.s)) objects.push(detectedObject(this.#road, m));
    for (const m of this.#walkerMovers) if (near(m.s)) objects.push(detectedObject(this.#road, m));
    const blocks = this.#blocks.filter((b) => near(b.s)).map(({ s: _, ...block }) => block);
    return {
      id: this.#sceneId++,
      stampUs: this.#startUs + this.#tickUs,
      ego: {
        xM: this.#ego.xM,
        yM: this.#ego.yM,
        yawRad: this.#ego.yawRad,
        speedMps: this.#ego.speedMps,
        accelMps2: this.#accelMps2,
        yawRateRadps: this.#ego.speedMps * this.#curvatureInvm,
        lengthM: CAR.lengthM,
        widthM: CAR.widthM,
      },
      objects,
      lanes: sceneLanes(this.#road, this.layout, this.#signal, w),
      ...sceneStop(this.#road, this.layout, this.#signal, w, this.timeS()),
      kerbs: sceneKerbs(this.#road, this.layout, this.#signal, w),
      blocks,
      speedLimitMps: this.layout.limitMps,
      light: this.#look.light,
      haze: this.#look.haze,
      textureSeed: this.#look.textureSeed,
    };
  }
}
