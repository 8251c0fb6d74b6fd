import type { LaneRoute } from "../../contract/lane-graph.ts";
import { indexLanes, nearestLane } from "../../world/graph/lane-index.ts";
import type { LaneNet } from "../../world/traffic/lane-net.ts";
import { type MapPose, RouteFollower, type RoutePlace } from "./follower.ts";
import type { RouteGuide } from "./guide.ts";
import { type Onward, planRoute } from "./plan-route.ts";

/** Farther beside its route than this ego has left it, m. */
const LEFT_ROUTE_M = 8;
/** Lanes are looked for so far around, m. */
const AROUND_M = 8;

/**
 * A route that can be replaced on the way, with the vehicle on it. The way driven goes on counting over
 * replacements, and the whole stays as long as the first route: a turn that was asked for makes a drive
 * another one and not a longer one.
 */
export class RouteKeeper {
  readonly #net: LaneNet;
  readonly #plannedM: number;
  readonly #goal: number;
  #follower: RouteFollower;
  /** Way driven where the present route begins. */
  #baseM = 0;
  #replaced = 0;
  #lastGuide: { readonly lateM: number | undefined; readonly guide: RouteGuide } | undefined;

  constructor(net: LaneNet, route: LaneRoute) {
    this.#net = net;
    this.#follower = new RouteFollower(net, route);
    this.#plannedM = this.#follower.lengthM;
    this.#goal = route.lanes.at(-1)!;
  }

  get net(): LaneNet {
    return this.#net;
  }

  get route(): LaneRoute {
    return this.#follower.route;
  }

  /** How often the route was replaced. */
  get replacedCount(): number {
    return this.#replaced;
  }

  /** Length of the drive: of the first route, or less where the roads end before. */
  get lengthM(): number {
    const presentM = this.#baseM + this.#follower.lengthM;
    return this.#replaced === 0 ? presentM : Math.min(this.#plannedM, presentM);
  }

  /** The newest place. @throws RangeError before the first `update`. */
  get place(): RoutePlace {
    const { place } = this.#follower;
    return { ...place, doneM: this.#baseM + place.doneM };
  }

  /** Where a new route leads to when its stretches are behind. */
  get onward(): Onward {
    return { goal: this.#goal, leastM: Math.max(0, this.lengthM - this.place.doneM) };
  }

  update(pose: MapPose): RoutePlace {
    this.#lastGuide = undefined;
    this.#follower.update(pose);
    return this.place;
  }

  /** What lies ahead; lane changes that can wait until `lateM` before their lane's end are left for later. */
  guide(lateM?: number): RouteGuide {
    if (this.#lastGuide === undefined || this.#lastGuide.lateM !== lateM)
      this.#lastGuide = { lateM, guide: this.#follower.guide(lateM) };
    return this.#lastGuide.guide;
  }

  /** Goes on along another route, which begins with the lane that ego is in. */
  replace(route: LaneRoute, pose: MapPose): void {
    const { doneM } = this.place;
    this.#follower = new RouteFollower(this.#net, route);
    this.#baseM = doneM - this.#follower.update(pose).doneM;
    this.#replaced++;
    this.#lastGuide = undefined;
  }

  /** Plans anew where ego has left its route; answers whether it had. */
  recover(pose: MapPose): boolean {
    if (this.place.offRouteM < LEFT_ROUTE_M) return false;
    const { graph } = this.#net;
    const { xM, yM, yawRad } = pose;
    const near = nearestLane(indexOf(this.#net), xM, yM, { maxM: AROUND_M, yawRad });
    if (near === undefined) return false;
    const from = { lane: near.lane, sM: near.sM, dM: 0 };
    const route = planRoute(graph, from, [], this.onward);
    if (route === undefined) return false;
    this.replace(route, pose);
    return true;
  }
}

const indices = new WeakMap<LaneNet, ReturnType<typeof indexLanes>>();

function indexOf(net: LaneNet) {
  const index = indices.get(net) ?? indexLanes(net.graph);
  indices.set(net, index);
  return index;
}
