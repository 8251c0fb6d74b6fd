import type { Scene } from "../../contract/scene.ts";
import type { RouteKeeper } from "../../expert/route/keeper.ts";
import { boxesOverlap } from "../../world/box.ts";
import { AllowedPace, type PaceBounds } from "../score/allowed-pace.ts";
import { judgeComfort, type MotionSample } from "../score/comfort.ts";
import type { Infraction } from "../score/infraction.ts";
import { scoreDrive } from "../score/leaderboard.ts";
import { LineWatch } from "../score/line-watch.ts";
import { pdms, ttcIsShort } from "../score/pdms.ts";
import { violatesRss } from "../score/rss-watch.ts";
import { Surface } from "../score/surface.ts";
import { boundsAhead } from "./ahead.ts";
import { CollisionWatch, egoBox } from "./collision-watch.ts";
import type { DriveWorld } from "./drive-world.ts";
import { FilmRoll } from "./film.ts";
import { type CollisionReport, endedWell, type RunEnd, type RunResult } from "./result.ts";

/** Farther from the route than this ends a run (leaderboard), m. */
const OFF_ROUTE_M = 30;
const BLOCKED_MPS = 0.1;
const BLOCKED_S = 180;
/** The rest of a route that may be missing at its end, m. */
const END_M = 6;
/** Motion and traffic are measured at this rate, s. */
const MEASURE_S = 0.1;

type Tally = {
  ticks: number;
  outsideM: number;
  offRoad: number;
  wrongLane: number;
  rss: number;
  ttc: number;
};

/** Watches one run from outside and keeps the score. */
export class Monitor {
  readonly #world: DriveWorld;
  readonly #keeper: RouteKeeper;
  readonly #middleM: number;
  readonly #rearM: number;
  readonly #collisions: CollisionWatch;
  readonly #lines: LineWatch;
  readonly #surface: Surface;
  readonly #film: FilmRoll;
  readonly #pace = new AllowedPace();
  readonly #motion: MotionSample[] = [];
  readonly #infractions: Infraction[] = [];
  readonly #reports: CollisionReport[] = [];
  readonly #tally: Tally = { ticks: 0, outsideM: 0, offRoad: 0, wrongLane: 0, rss: 0, ttc: 0 };
  #startM: number | undefined;
  #bounds: PaceBounds | undefined;
  #furthestM = 0;
  #blockedS = 0;
  #drivenM = 0;
  #measuredS = Number.NEGATIVE_INFINITY;
  #around = { sum: 0, count: 0 };

  constructor(world: DriveWorld, keeper: RouteKeeper, stepS: number) {
    const { vehicle, graph } = world;
    this.#world = world;
    this.#keeper = keeper;
    this.#middleM = vehicle.frontOverhangFromRearAxleM - vehicle.lengthM / 2;
    this.#rearM = vehicle.lengthM - vehicle.frontOverhangFromRearAxleM;
    this.#collisions = new CollisionWatch(this.#middleM, stepS);
    this.#lines = new LineWatch(graph, vehicle.frontOverhangFromRearAxleM);
    this.#surface = new Surface(graph);
    this.#film = new FilmRoll(this.#middleM);
  }

  /** Looks at one step; answers how the run ends, where it does. */
  observe(scene: Scene, tS: number, dtS: number): RunEnd | undefined {
    const place = this.#keeper.update(scene.ego);
    this.#startM ??= place.doneM;
    this.#furthestM = Math.max(this.#furthestM, place.doneM);
    this.#drivenM += scene.ego.speedMps * dtS;
    this.#film.add(scene, tS);
    for (const { report, infraction } of this.#collisions.observe(scene, tS)) {
      this.#reports.push(report);
      this.#note(infraction);
    }
    for (const infraction of this.#lines.observe(scene, tS)) this.#note(infraction);
    if (tS - this.#measuredS > MEASURE_S - 1e-9) {
      this.#measuredS = tS;
      this.#measure(scene);
    }
    this.#blockedS = scene.ego.speedMps < BLOCKED_MPS ? this.#blockedS + dtS : 0;
    if (place.offRouteM > OFF_ROUTE_M) return "OFF_ROUTE";
    if (place.doneM > this.#keeper.lengthM - END_M) return "COMPLETED";
    return this.#blockedS > BLOCKED_S ? "BLOCKED" : undefined;
  }

  /** What the way let ego do when it was last measured. */
  get bounds(): PaceBounds | undefined {
    return this.#bounds;
  }

  /** Ego has touched somebody or something. */
  get hasCollided(): boolean {
    return this.#reports.length > 0;
  }

  #note(infraction: Infraction): void {
    this.#infractions.push(infraction);
    this.#film.markFailure(infraction.tS);
  }

  #measure(scene: Scene): void {
    const { ego } = scene;
    const t = this.#tally;
    t.ticks++;
    const { offRoad, wrongLane, outside } = this.#surface.at(ego, this.#middleM);
    if (outside) t.outsideM += ego.speedMps * MEASURE_S;
    if (offRoad) t.offRoad++;
    if (wrongLane) t.wrongLane++;
    this.#motion.push({ speedMps: ego.speedMps, yawRad: ego.yawRad });
    const frontM = this.#world.vehicle.frontOverhangFromRearAxleM;
    const guide = this.#keeper.guide();
    const bounds = boundsAhead(scene, guide, frontM, this.#rearM, (line) =>
      this.#lines.hasStoodAt(line),
    );
    this.#bounds = bounds;
    this.#pace.add(bounds, MEASURE_S);
    const { lead } = bounds;
    if (lead && violatesRss(lead.gapM, ego.speedMps, ego.accelMps2, lead.speedMps)) t.rss++;
    const box = egoBox(ego, this.#middleM);
    if (scene.objects.some((o) => isNear(box, o) && ttcIsShort(box, o, boxesOverlap))) t.ttc++;
    for (const o of scene.objects)
      if (o.kind !== "PEDESTRIAN" && o.kind !== "CYCLIST" && o.kind !== "STATIC") {
        this.#around.sum += o.speedMps;
        this.#around.count++;
      }
  }

  /** All that is to be said of the run. */
  finish(run: Pick<RunResult, "key" | "world" | "seed" | "driver">, end: RunEnd): RunResult {
    const durationS = this.#world.timeS();
    const t = this.#tally;
    const ticks = Math.max(1, t.ticks);
    const startM = this.#startM ?? 0;
    const routeM = Math.max(1, this.#keeper.lengthM - END_M - startM);
    const completedRatio =
      end === "COMPLETED" ? 1 : Math.min(1, Math.max(0, (this.#furthestM - startM) / routeM));
    const meanMps = this.#drivenM / Math.max(durationS, 1e-3);
    const aroundMps = this.#around.sum / Math.max(1, this.#around.count);
    const minSpeedRatio = aroundMps < 1 ? 1 : Math.min(1, meanMps / aroundMps);
    const facts = {
      // a run that was to last a time is scored by its breaches alone: how far it got is the pace
      completedRatio: end === "TIME" ? 1 : completedRatio,
      infractions: this.#infractions,
      offRouteRatio: t.outsideM / Math.max(1, this.#drivenM),
      minSpeedRatio,
    };
    const comfort = judgeComfort(this.#motion, MEASURE_S);
    const paceRatio = this.#pace.ratio;
    const film = this.#film.develop(this.#world.graph, !endedWell(end));
    return {
      ...run,
      end,
      durationS,
      routeM,
      completedRatio,
      meanMps,
      ...(paceRatio === undefined ? {} : { paceRatio }),
      infractions: this.#infractions,
      collisions: this.#reports,
      offRouteRatio: facts.offRouteRatio,
      offRoadRatio: t.offRoad / ticks,
      wrongLaneRatio: t.wrongLane / ticks,
      rssRatio: t.rss / ticks,
      minSpeedRatio,
      scores: {
        "leaderboard-1.0": scoreDrive(facts, "leaderboard-1.0").drivingScore,
        "leaderboard-2.1": scoreDrive(facts, "leaderboard-2.1").drivingScore,
        pdms: pdms({
          noCollision: this.#collisionTerm(),
          drivableArea: t.offRoad > 0 ? 0 : 1,
          timeToCollision: t.ttc > 0 ? 0 : 1,
          progress: paceRatio ?? 1,
          comfort: comfort?.comfortable === false ? 0 : 1,
        }),
      },
      ...(comfort === undefined ? {} : { comfort }),
      ...(film === undefined ? {} : { film }),
    };
  }

  /** NAVSIM counts collisions that ego caused; half for standing things. */
  #collisionTerm(): number {
    const caused = this.#reports.filter((r) => r.striker !== "OTHER");
    if (caused.length === 0) return 1;
    return caused.every((r) => r.kind === "STATIC" || r.withId < 0) ? 0.5 : 0;
  }
}

const isNear = (a: { xM: number; yM: number }, b: { xM: number; yM: number }): boolean =>
  Math.hypot(a.xM - b.xM, a.yM - b.yM) < 60;
