import type { LaneRoute } from "../../contract/lane-graph.ts";
import type { Scene } from "../../contract/scene.ts";
import { RouteFollower, type RoutePlace } from "../../expert/route/follower.ts";
import { type View, viewOf } from "../../expert/view.ts";
import type { LaneNet } from "../../world/traffic/lane-net.ts";

/** What the expert sees ahead on one way. */
export type Outlook = {
  readonly place: RoutePlace;
  /** Lane changes are asked for no earlier than `lateM` before their lane's end. */
  readonly view: (lateM: number | undefined) => View;
};

/** The outlook of a follower that knows where ego is. */
export function outlookOf(follower: RouteFollower, scene: Scene, cruiseMps: number): Outlook {
  const views = new Map<number | undefined, View>();
  return {
    place: follower.place,
    view: (lateM) => {
      const known = views.get(lateM);
      if (known !== undefined) return known;
      // limits farther ahead cannot be seen in a BevState
      const guide = { ...follower.guide(lateM), limits: [{ sM: 0, mps: cruiseMps }] };
      const view = viewOf(scene, guide);
      views.set(lateM, view);
      return view;
    },
  };
}

/** Outlooks on one scene, each made once: most words leave ego the same way. */
export function outlooksOn(
  net: LaneNet,
  scene: Scene,
  cruiseMps: number,
): (route: LaneRoute) => Outlook {
  const made = new Map<LaneRoute, Outlook>();
  return (route) => {
    const known = made.get(route);
    if (known !== undefined) return known;
    const follower = new RouteFollower(net, route);
    follower.update(scene.ego);
    const outlook = outlookOf(follower, scene, cruiseMps);
    made.set(route, outlook);
    return outlook;
  };
}
