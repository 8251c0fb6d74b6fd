import type { LaneGraph, LanePosition } from "../../contract/lane-graph.ts";
import type { DetectedObject, Scene, SceneWeather, SignalState } from "../../contract/scene.ts";
import type { BicycleState } from "../../geometry/bicycle.ts";
import { Random } from "../random.ts";
import { DrivenVehicle, type VehicleCommand } from "../vehicles/driven-vehicle.ts";
import { loadVehicleModel, type VehicleModel } from "../vehicles/vehicle-model.ts";
import { type Body, type Contact, describeContact, touchingPairs } from "./contacts.ts";
import { type EgoBody, EgoTrack } from "./ego-track.ts";
import { type Guests, TrafficFlow } from "./flow.ts";
import { heightAt, type LaneTrack, trackOf } from "./lane-net.ts";
import { type LaneSpots, spotsOf } from "./lane-spots.ts";
import { laneOf, lanePoseAt } from "./path.ts";
import { People, type PeopleOptions } from "./people.ts";
import { type Mix, ORDINARY_MIX, type Rider, type Temper } from "./rider.ts";
import { kerbsNear, Roadside } from "./roadside.ts";
import { onLevel, SCENE_RADIUS_M, sceneLanes } from "./scene-lanes.ts";
import { riderObject, walkerObject } from "./scene-objects.ts";
import { Spawner } from "./spawner.ts";

/** What a world is made of; only graph, seed and start are needed. */
export type TrafficWorldOptions = {
  readonly graph: LaneGraph;
  readonly seed: number;
  /** Where ego's rear axle starts; it heads along the lane. */
  readonly egoStart: LanePosition;
  readonly egoMps?: number;
  /** Lanes that ego means to take: others reckon with it, and the Scene's lanes lead along it. */
  readonly route?: readonly number[];
  readonly vehicle?: VehicleModel;
  /** Vehicles per kilometre of driving lane around ego; 0 none, 8 light, 20 busy, 40 dense. */
  readonly perKmLane?: number;
  readonly maxVehicles?: number;
  readonly mix?: Mix;
  readonly temper?: Partial<Temper>;
  /** Share of vehicles that have broken down, on roads with more than one lane. */
  readonly stoppedShare?: number;
  /** Sudden braking and dawdling, events per vehicle and second. */
  readonly whimHz?: number;
  readonly people?: Partial<PeopleOptions>;
  readonly radiusM?: number;
  /** Stamp of the first scene. */
  readonly startUs?: number;
  readonly light?: number;
  readonly haze?: number;
  /** Absent: dry, with the sun somewhere up; see `drawSky`. */
  readonly weather?: SceneWeather;
};

/** Where another simulator says that ego is. */
export type EgoPlacement = { readonly pose: BicycleState; readonly accelMps2: number };

const RENEW_S = 0.5;
const DEFAULTS = { perKmLane: 12, maxVehicles: 120, stoppedShare: 0, whimHz: 0, radiusM: 250 };
const CALM: Temper = { aggressiveness: 0.4, slowShare: 0.05, blindShare: 0 };
const PEOPLE: PeopleOptions = { density: 1, heedlessShare: 0, jaywalks: false };

/**
 * A graph with ego, living traffic and people, in lock-step: the same options and commands give the same
 * world to the bit.
 */
export class TrafficWorld {
  readonly graph: LaneGraph;
  readonly flow: TrafficFlow;
  readonly people: People;
  readonly vehicle: DrivenVehicle;
  readonly #options: TrafficWorldOptions;
  #route: ReadonlySet<number> | undefined;
  readonly #rng: Random;
  readonly #spots: LaneSpots;
  readonly #track: EgoTrack;
  readonly #spawner: Spawner;
  readonly #roadside: Roadside;
  readonly #guests: Guests;
  readonly #contacts: Contact[] = [];
  readonly #look: Pick<Scene, "light" | "haze" | "textureSeed" | "weather">;
  readonly #startUs: number;
  #touching = new Set<string>();
  #placedAccelMps2: number | undefined;
  /** Height of the road under ego. */
  #zM: number;
  #renewedS = 0;
  #ids = 0;
  #sceneId = 0;

  /** @throws RangeError where the start is not on a DRIVING lane. */
  constructor(options: TrafficWorldOptions) {
    const { graph, seed, egoStart } = options;
    this.#options = options;
    this.graph = graph;
    this.#rng = new Random(seed);
    const drawn = this.#rng.fork();
    this.#look = {
      light: options.light ?? drawn.range(0.35, 1),
      haze: options.haze ?? (drawn.chance(0.7) ? drawn.range(0, 0.15) : drawn.range(0.15, 0.7)),
      textureSeed: drawn.nextUint(),
      ...(options.weather === undefined ? {} : { weather: options.weather }),
    };
    this.#startUs = options.startUs ?? 1_700_000_000_000_000 + (seed % 1_000_000) * 60_000_000;
    this.flow = new TrafficFlow(graph, this.#rng.fork());
    this.#spots = spotsOf(graph);
    const start = lanePoseAt(trackOf(this.flow.net, egoStart.lane), egoStart);
    const model = options.vehicle ?? loadVehicleModel("car");
    this.vehicle = new DrivenVehicle(model, { ...start, speedMps: options.egoMps ?? 0 });
    this.#route = options.route === undefined ? undefined : new Set(options.route);
    this.#zM = heightAt(trackOf(this.flow.net, egoStart.lane), egoStart.sM);
    this.#track = new EgoTrack(this.flow.net, this.#spots, this.egoBody(), egoStart, options.route);
    this.people = new People(this.flow.net, this.#spots, this.#rng.fork(), {
      ...PEOPLE,
      ...options.people,
    });
    const nextId = () => ++this.#ids;
    this.#spawner = new Spawner(
      this.flow,
      this.#spots,
      this.#rng.fork(),
      {
        perKmLane: options.perKmLane ?? DEFAULTS.perKmLane,
        maxVehicles: options.maxVehicles ?? DEFAULTS.maxVehicles,
        mix: options.mix ?? ORDINARY_MIX,
        temper: { ...CALM, ...options.temper },
        stoppedShare: options.stoppedShare ?? DEFAULTS.stoppedShare,
        radiusM: options.radiusM ?? DEFAULTS.radiusM,
      },
      nextId,
      (rider) => this.people.stopGapM(rider),
    );
    this.#roadside = new Roadside(graph, this.#spots, seed);
    this.#guests = {
      register: (occupancy, junctions) => this.#track.register(occupancy, junctions),
      stopGapM: (rider) => this.people.stopGapM(rider),
      letIn: () => this.#track.letIn,
    };
    this.flow.register(this.#guests);
    this.#spawner.fill(this.egoBody());
    const ego = this.egoBody();
    this.people.populate(ego.xM, ego.yM, 12, this.#peopleRadiusM(), 0, nextId);
  }

  get timeS(): number {
    return this.flow.timeS;
  }

  /** Ego means to take other lanes from now on. */
  reroute(lanes: readonly number[]): void {
    this.#route = new Set(lanes);
    this.#track.reroute(this.#route);
  }

  /** Ego's box with its centre, not its rear axle. */
  egoBody(): EgoBody & Body {
    const { model, state } = this.vehicle;
    const aheadM = model.frontOverhangFromRearAxleM - model.lengthM / 2;
    return {
      id: 0,
      kind: model.kind,
      xM: state.xM + aheadM * Math.cos(state.yawRad),
      yM: state.yM + aheadM * Math.sin(state.yawRad),
      zM: this.#zM,
      yawRad: state.yawRad,
      lengthM: model.lengthM,
      widthM: model.widthM,
      speedMps: state.speedMps,
    };
  }

  /** Lane, place and offset of ego's box centre; undefined off the road. */
  egoPosition(): LanePosition | undefined {
    return this.#track.position;
  }

  /** [signals] what each light of the graph shows now. */
  signalStates(): readonly SignalState[] {
    return this.flow.states;
  }

  /** All contacts so far, of ego and of others, each at its first moment. */
  contacts(): readonly Contact[] {
    return this.#contacts;
  }

  /** First contact of ego. */
  egoContact(): Contact | undefined {
    return this.#contacts.find((contact) => contact.aId === 0);
  }

  /** Everybody but ego, wherever they are. */
  objects(): DetectedObject[] {
    return this.#objectsWhere(() => true);
  }

  #objectsWhere(wanted: (body: Body) => boolean): DetectedObject[] {
    return [
      ...this.flow.riders.filter(wanted).map((rider) => riderObject(this.flow, rider)),
      ...this.people.walkers.filter(wanted).map(walkerObject),
    ];
  }

  /** Everybody but ego as `sceneOf` shows them, for many scenes of one moment. */
  everybody(): readonly Shown[] {
    return [
      ...this.flow.riders.map((body) => ({ body, object: riderObject(this.flow, body) })),
      ...this.people.walkers.map((body) => ({ body, object: walkerObject(body) })),
    ];
  }

  /** Moves everything: ego by its command, or to where it was placed. @throws RangeError as DrivenVehicle. */
  step(dtS: number, ego: VehicleCommand | EgoPlacement): void {
    if (!(dtS > 0) || dtS > 0.5)
      throw new RangeError(`a step of 0 < dtS <= 0.5 s expected, found ${dtS}`);
    this.#drawWhims(dtS);
    this.people.step(dtS, this.timeS, this.flow.occupancy, this.flow.states);
    this.flow.step(dtS, this.#guests);
    if ("pose" in ego) {
      this.vehicle.place(ego.pose);
      this.#placedAccelMps2 = ego.accelMps2;
    } else this.vehicle.step(dtS, ego);
    const body = this.egoBody();
    this.#track.update(body, this.timeS);
    this.#zM = this.#track.zM;
    this.#findContacts(body);
    if (this.timeS - this.#renewedS >= RENEW_S - 1e-9) {
      this.#renewedS = this.timeS;
      this.flow.register(this.#guests);
      this.#spawner.renew(body);
      const far = this.#peopleRadiusM();
      this.people.populate(body.xM, body.yM, 0.5 * far, far, this.timeS, () => ++this.#ids);
    }
  }

  #peopleRadiusM(): number {
    return Math.min(SCENE_RADIUS_M, this.#options.radiusM ?? DEFAULTS.radiusM);
  }

  /** Some brake hard for nothing, some look for a house. */
  #drawWhims(dtS: number): void {
    const rate = (this.#options.whimHz ?? DEFAULTS.whimHz) * dtS;
    if (rate <= 0) return;
    for (const rider of this.flow.riders) {
      if (this.timeS < rider.episodeUntilS || !this.#rng.chance(rate)) continue;
      rider.episodeMps = rider.speedMps * this.#rng.range(0.1, 0.8);
      rider.episodeUntilS = this.timeS + this.#rng.range(2, 9);
      rider.episodeDecelMps2 = this.#rng.range(1.2, this.#rng.chance(0.2) ? 6 : 3);
    }
  }

  #findContacts(ego: Body): void {
    const now = new Set<string>();
    for (const [a, b] of touchingPairs([ego, ...this.flow.riders, ...this.people.walkers])) {
      const key = `${a.id} ${b.id}`;
      now.add(key);
      if (this.#touching.has(key)) continue;
      this.#contacts.push(describeContact(this.timeS, a, b));
      for (const rider of this.flow.riders)
        if (rider.id === a.id || rider.id === b.id) rider.wreck = true;
    }
    this.#touching = now;
  }

  /** The world as an object-level truth: what sensors are rendered from and what the expert sees. */
  scene(): Scene {
    const { model, state } = this.vehicle;
    const { xM, yM, yawRad, speedMps, yawRateRadps } = state;
    const { lengthM, widthM } = model;
    const accelMps2 = this.#placedAccelMps2 ?? state.accelMps2;
    const ego = { xM, yM, yawRad, speedMps, accelMps2, yawRateRadps, lengthM, widthM };
    return this.#sceneFor(ego, this.egoBody(), this.#track.position, undefined);
  }

  /**
   * The scene as one of the vehicles would see it if it were ego, with ego's own size; `beside` puts it
   * elsewhere than the vehicle is. Ego itself is a car among others there. `everybody` is of this moment.
   */
  sceneOf(
    rider: Rider,
    beside: Beside = { dM: 0, turnRad: 0, speedMps: rider.speedMps },
    everybody: readonly Shown[] = this.everybody(),
  ): Scene {
    const { model } = this.vehicle;
    const { lengthM, widthM } = model;
    const yawRad = rider.yawRad + beside.turnRad;
    const [c, s] = [Math.cos(rider.yawRad), Math.sin(rider.yawRad)];
    const lane = laneOf(rider);
    const track = trackOf(this.flow.net, lane);
    const body = {
      ...{ xM: rider.xM - beside.dM * s, yM: rider.yM + beside.dM * c, zM: rider.zM, yawRad },
      ...{ lengthM, widthM },
    };
    const backM = model.frontOverhangFromRearAxleM - lengthM / 2;
    const ego = {
      xM: body.xM - backM * Math.cos(yawRad),
      yM: body.yM - backM * Math.sin(yawRad),
      yawRad,
      speedMps: beside.speedMps,
      accelMps2: beside.speedMps === 0 ? 0 : rider.accelMps2,
      yawRateRadps: beside.speedMps * bendAt(track, rider.sM),
      lengthM,
      widthM,
    };
    return this.#sceneFor(
      ego,
      body,
      { lane, sM: rider.sM, dM: rider.dM + beside.dM },
      { rider, everybody },
    );
  }

  #sceneFor(
    ego: Scene["ego"],
    body: { xM: number; yM: number; zM: number; yawRad: number },
    position: LanePosition | undefined,
    viewer: Viewer | undefined,
  ): Scene {
    const near = (o: { readonly xM: number; readonly yM: number }) =>
      (o.xM - body.xM) ** 2 + (o.yM - body.yM) ** 2 < SCENE_RADIUS_M ** 2;
    // a Scene knows lights and stop signs only: lines at which drivers merely yield stay out
    const lines = this.graph.stopLines.filter(
      (line) => line.kind !== "YIELD" && near({ xM: line.x0M, yM: line.y0M }),
    );
    const governing = new Set(lines.flatMap((line) => line.signals));
    const signals = this.graph.signals.filter((s) => governing.has(s.index) || near(s));
    const limit =
      position === undefined ? undefined : this.graph.lanes[position.lane]!.speedLimitMps;
    const isShown = (o: Body) => near(o) && onLevel(o, body);
    const others =
      viewer === undefined
        ? this.#objectsWhere(isShown)
        : viewer.everybody
            .filter((o) => o.body.id !== viewer.rider.id && isShown(o.body))
            .map(({ object }) => object);
    if (viewer !== undefined && near(this.egoBody())) others.push(this.#egoObject());
    // whoever drives by the lane graph never looks at these
    const route = viewer === undefined ? this.#route : undefined;
    const lanes = once(() => sceneLanes(this.graph, this.#spots, body, position, route));
    const kerbs = once(() => kerbsNear(this.graph, body.xM, body.yM));
    const blocks = once(() => this.#roadside.near(body.xM, body.yM));
    return {
      id: this.#sceneId++,
      stampUs: this.#startUs + Math.round(this.timeS * 1e6),
      ego,
      objects: others,
      get lanes() {
        return lanes();
      },
      stopLines: lines.map(({ index, x0M, y0M, x1M, y1M, signals: signalIds }) => ({
        ...{ id: index, x0M, y0M, x1M, y1M, signalIds },
      })),
      signals: signals.map(({ index, xM, yM, zM, yawRad }) => ({
        ...{ id: index, xM, yM, zM, yawRad },
        state: this.flow.states[index] ?? "OFF",
      })),
      get kerbs() {
        return kerbs();
      },
      get blocks() {
        return blocks();
      },
      ...(limit === undefined ? {} : { speedLimitMps: limit }),
      ...this.#look,
    };
  }

  /** Ego as others see it. */
  #egoObject(): DetectedObject {
    const { xM, yM, yawRad, lengthM, widthM, speedMps } = this.egoBody();
    const { accelMps2 } = this.vehicle.state;
    return {
      ...{ id: 0, kind: "CAR", xM, yM, yawRad, lengthM, widthM, heightM: EGO_HEIGHT_M },
      ...{ speedMps, accelMps2, indicator: 0, rgb: [160, 160, 165] },
      brakeLights: accelMps2 < -0.7 || speedMps < 0.1,
    };
  }
}

const EGO_HEIGHT_M = 1.5;

/** The same value each time, made when first asked for. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** Somebody with what is seen of them. */
export type Shown = { readonly body: Body; readonly object: DetectedObject };

/** One of the vehicles in ego's place, and who else is there. */
type Viewer = { readonly rider: Rider; readonly everybody: readonly Shown[] };

/** Where a viewer is beside a vehicle: to its left, turned to the left, and its speed. */
export type Beside = {
  readonly dM: number;
  readonly turnRad: number;
  readonly speedMps: number;
};

/** Curvature of a lane, 1/m, left positive. */
function bendAt({ yawRad, stepM }: LaneTrack, sM: number): number {
  const i = Math.min(yawRad.length - 2, Math.max(0, Math.floor(sM / stepM)));
  return yawRad.length < 2 ? 0 : (yawRad[i + 1]! - yawRad[i]!) / stepM;
}
