import type { Se3 } from "../contract/se3.ts";
import { compose, IDENTITY, interpolate, invert } from "../geometry/se3.ts";

/** A moving transform without a sample within this time is missing: 3 periods of 10 Hz. */
export const HOLE_US = 300_000;
/** Samples closer than this make a poor slope. */
const SLOPE_MIN_US = 50_000;
const HISTORY_US = 3_000_000;
/** A mounting that moves less than this is rigid (recorded mountings jitter by centimetres). */
const RIGID_M = 0.05;
const RIGID_RAD = 0.02;

type Edge = {
  readonly parent: string;
  /** Sorted; empty for a transform that holds at all times. */
  readonly stampsUs: number[];
  readonly poses: Se3[];
  /** Set where no stamp was given. */
  always?: Se3;
  /** Differs from its first sample by more than the rigid limits. */
  moved: boolean;
  readonly first: Se3;
};

const rotationBetween = (a: Se3, b: Se3): number => {
  let trace = 0;
  for (let i = 0; i < 9; i++) trace += a.r[i]! * b.r[i]!;
  return Math.acos(Math.min(1, Math.max(-1, (trace - 1) / 2)));
};

/**
 * Transforms between named frames over time. Frames above `ego` move and need samples near the
 * wanted stamp; a mounting under `ego` is rigid until seen to move, and then holds at any stamp.
 */
export class TfTree {
  readonly egoFrame: string;
  readonly #edges = new Map<string, Edge>();

  constructor(egoFrame: string) {
    this.egoFrame = egoFrame;
  }

  /** Adds parentFromChild; `stampUs` undefined means it holds at all times. */
  add(parent: string, child: string, stampUs: number | undefined, parentFromChild: Se3): void {
    let edge = this.#edges.get(child);
    if (!edge || edge.parent !== parent) {
      if (this.#reaches(parent, child)) return;
      edge = { parent, stampsUs: [], poses: [], moved: false, first: parentFromChild };
      this.#edges.set(child, edge);
    }
    if (stampUs === undefined) {
      edge.always = parentFromChild;
      return;
    }
    const { t } = edge.first;
    const p = parentFromChild.t;
    edge.moved ||=
      Math.hypot(p[0] - t[0], p[1] - t[1], p[2] - t[2]) > RIGID_M ||
      rotationBetween(edge.first, parentFromChild) > RIGID_RAD;
    insert(edge, stampUs, parentFromChild);
  }

  /** true where going up from `frame` meets `ancestor`: such an edge would close a loop. */
  #reaches(frame: string, ancestor: string): boolean {
    for (let f: string | undefined = frame; f !== undefined; f = this.#edges.get(f)?.parent)
      if (f === ancestor) return true;
    return false;
  }

  /** `odom` where the tree has it above ego (it never jumps), else the topmost frame above ego. */
  fixedFrame(): string | undefined {
    let top: string | undefined;
    for (let f = this.#edges.get(this.egoFrame)?.parent; f; f = this.#edges.get(f)?.parent) {
      top = f;
      if (f === "odom") break;
    }
    return top;
  }

  /** Stamps in (fromUs, toUs] at which the pose of ego was given. */
  egoStampsUs(fromUs: number, toUs: number): number[] {
    const stamps = this.#edges.get(this.egoFrame)?.stampsUs ?? [];
    return stamps.filter((s) => s > fromUs && s <= toUs);
  }

  /**
   * dstFromSrc at `stampUs`, from samples stamped up to `asOfUs`; undefined where the frames are
   * not joined or a moving transform has a hole there.
   */
  lookup(dst: string, src: string, stampUs: number, asOfUs: number): Se3 | undefined {
    const up = new Map<string, Se3>();
    let pose: Se3 | undefined = IDENTITY;
    for (let f: string | undefined = src; f !== undefined && pose; ) {
      up.set(f, pose);
      pose = f === dst ? undefined : this.#step(f, pose, stampUs, asOfUs);
      f = this.#edges.get(f)?.parent;
    }
    pose = IDENTITY;
    for (let f: string | undefined = dst; f !== undefined && pose; ) {
      const common = up.get(f);
      if (common) return f === dst ? common : compose(invert(pose), common);
      pose = this.#step(f, pose, stampUs, asOfUs);
      f = this.#edges.get(f)?.parent;
    }
    return undefined;
  }

  /** parentFromX for frameFromX. */
  #step(frame: string, frameFromX: Se3, stampUs: number, asOfUs: number): Se3 | undefined {
    const edge = this.#edges.get(frame);
    if (!edge) return undefined;
    const moves = edge.moved || this.#reaches(this.egoFrame, frame);
    const at = poseAt(edge, stampUs, asOfUs, moves);
    return at && compose(at, frameFromX);
  }
}

/** Sorted insert with bounded history; a second sample of one stamp replaces the first. */
function insert(edge: Edge, stampUs: number, pose: Se3): void {
  const { stampsUs, poses } = edge;
  let at = stampsUs.length;
  while (at > 0 && stampsUs[at - 1]! >= stampUs) at--;
  if (stampsUs[at] === stampUs) poses[at] = pose;
  else {
    stampsUs.splice(at, 0, stampUs);
    poses.splice(at, 0, pose);
  }
  let old = 0;
  while (stampsUs[old]! < stampsUs.at(-1)! - HISTORY_US) old++;
  if (old > 0) {
    stampsUs.splice(0, old);
    poses.splice(0, old);
  }
}

/** Pose of an edge at `stampUs`: between two samples, or a little before or after all. */
function poseAt(edge: Edge, stampUs: number, asOfUs: number, moves: boolean): Se3 | undefined {
  const { stampsUs, poses } = edge;
  let end = stampsUs.length;
  while (end > 0 && stampsUs[end - 1]! > asOfUs) end--;
  if (end === 0) return edge.always ?? (moves ? undefined : poses[0]);
  let next = end;
  while (next > 0 && stampsUs[next - 1]! >= stampUs) next--;
  if (next < end && stampsUs[next] === stampUs) return poses[next];
  if (next > 0 && next < end) {
    const a = stampsUs[next - 1]!;
    const b = stampsUs[next]!;
    if (moves && b - a > HOLE_US) return undefined;
    return interpolate(poses[next - 1]!, poses[next]!, (stampUs - a) / (b - a));
  }
  const nearest = next === 0 ? 0 : end - 1;
  if (!moves) return poses[nearest];
  if (Math.abs(stampUs - stampsUs[nearest]!) > HOLE_US) return undefined;
  return extrapolate(edge, nearest, end, stampUs);
}

/** Constant velocity from the two samples at that end; holds where only one is near. */
function extrapolate(edge: Edge, nearest: number, end: number, stampUs: number): Se3 {
  const { stampsUs, poses } = edge;
  const step = nearest === 0 && stampUs < stampsUs[0]! ? 1 : -1;
  for (let i = nearest + step; i >= 0 && i < end; i += step) {
    const spanUs = Math.abs(stampsUs[i]! - stampsUs[nearest]!);
    if (spanUs > HOLE_US) break;
    if (spanUs < SLOPE_MIN_US) continue;
    const ratio = (stampUs - stampsUs[nearest]!) / (stampsUs[i]! - stampsUs[nearest]!);
    return interpolate(poses[nearest]!, poses[i]!, ratio);
  }
  return poses[nearest]!;
}
