import { idmAccel } from "../idm.ts";
import { type Leader, leaderInto } from "../traffic/follow.ts";
import { poseInto, trackOf } from "../traffic/lane-net.ts";
import type { TrafficWorld } from "../traffic/traffic-world.ts";
import type { VehicleCommand } from "../vehicles/driven-vehicle.ts";
import { steerOf } from "../vehicles/driven-vehicle.ts";

const DRIVER = { timeGapS: 1.4, standstillGapM: 2.5, accelMaxMps2: 1.5, comfortDecelMps2: 2 };

/** A plain ego for tests: keeps to its lane, follows whoever is ahead, knows no lights. */
export class EgoDriver {
  readonly #world: TrafficWorld;

  constructor(world: TrafficWorld) {
    this.#world = world;
  }

  command(): VehicleCommand {
    const { flow } = this.#world;
    const position = this.#world.egoPosition();
    if (position === undefined) return { steerRad: 0, accelMps2: -3 };
    const body = this.#world.egoBody();
    const track = trackOf(flow.net, position.lane);
    const path = [position.lane, ...track.next.slice(0, 1)];
    const leader: Leader = { gapM: 0, speedMps: 0 };
    const self = { id: 0, sM: position.sM, halfM: body.lengthM / 2 };
    leaderInto(flow.net, flow.occupancy, path, 0, self, 200, leader);
    const { gapM, speedMps } = leader;
    const accelMps2 = idmAccel(DRIVER, body.speedMps, track.limitMps, gapM, speedMps);
    return { steerRad: this.#steer(path, position.sM), accelMps2: Math.max(accelMps2, -8) };
  }

  /** Pure pursuit of the lane's centre. */
  #steer(path: readonly number[], sM: number): number {
    const { flow, vehicle } = this.#world;
    const { state, model } = vehicle;
    const aimM = 5 + 0.8 * state.speedMps;
    let at = sM + aimM;
    let track = trackOf(flow.net, path[0]!);
    if (at > track.lengthM && path[1] !== undefined) {
      at -= track.lengthM;
      track = trackOf(flow.net, path[1]);
    }
    const aim = { xM: 0, yM: 0, yawRad: 0 };
    poseInto(track, at, aim);
    const dx = aim.xM - state.xM;
    const dy = aim.yM - state.yM;
    const left = -Math.sin(state.yawRad) * dx + Math.cos(state.yawRad) * dy;
    return steerOf(model, (2 * left) / (dx * dx + dy * dy));
  }
}
