import type { Fault, FaultCode } from "../contract/fault.ts";
import {
  type CameraImage,
  type Observation,
  RAW_ENCODINGS,
  type Route,
  type Sweep,
} from "../contract/observation.ts";
import type { Se3 } from "../contract/se3.ts";
import { compose, IDENTITY, transformPointsInto } from "../geometry/se3.ts";
import { type Calibration, scaleCalibration } from "./calibration.ts";
import type { EgoTrack } from "./ego-track.ts";
import type { CloudMessage, ImageMessage } from "./foxglove-decode.ts";
import { pictureSize } from "./picture-size.ts";
import { FoxglovePointCloudLoader, type LoadedPoints } from "./point-cloud-loader.ts";
import type { Tick } from "./synchronizer.ts";
import type { TfTree } from "./tf-tree.ts";

export type SensorItem =
  | { readonly kind: "camera"; readonly message: ImageMessage }
  | { readonly kind: "lidar"; readonly message: CloudMessage };

/** What stands beside the ticks and grows with the log. */
export type BuildContext = {
  readonly tf: TfTree;
  readonly track: EgoTrack;
  /** By camera name, or by frame id where a calibration does not say which camera. */
  readonly calibrations: ReadonlyMap<string, Calibration>;
  readonly cameras: readonly string[];
  readonly lidars: readonly string[];
  readonly lidarOriginsM: Readonly<Record<string, readonly [number, number, number]>>;
  readonly periodUs: number;
  readonly toleranceUs: number;
  readonly route: Route;
};

/** Brings the items of one tick to one time and says what is missing or broken. */
export function buildObservation(
  id: number,
  tick: Tick<SensorItem>,
  context: BuildContext,
  found: readonly Fault[],
): Observation {
  const { stampUs } = tick;
  const faults: Fault[] = [...found];
  const say = (code: FaultCode, detail: string, source?: string) =>
    faults.push({ code, detail, stampUs, ...(source === undefined ? {} : { source }) });
  for (const jump of tick.jumps) say("CLOCK_JUMP", jump);
  for (const { stream, newestUs } of tick.missing) {
    const last =
      newestUs === undefined ? "none so far" : `the last ${stampUs - newestUs} µs before`;
    const code = stream.kind === "lidar" ? "LIDAR_MISSING" : "CAMERA_MISSING";
    say(code, `${stream.name}: data for tick ${stampUs} expected, found ${last}`, stream.name);
  }
  const images: CameraImage[] = [];
  const sweeps: Sweep[] = [];
  let arrivalUs = stampUs;
  for (const { name, item } of tick.items) {
    const used =
      item.kind === "camera"
        ? imageAt(name, item.message, stampUs, context, say)
        : sweepAt(name, item.message, stampUs, context, say);
    if (!used) continue;
    if ("xyz" in used) sweeps.push(used);
    else images.push(used);
    arrivalUs = Math.max(arrivalUs, used.stampUs);
  }
  if (context.cameras.length > 0 && images.length === 0)
    say("ALL_CAMERAS_MISSING", `one of ${context.cameras.join(", ")} expected, found none usable`);
  const { ego, fault } = context.track.stateAt(stampUs, stampUs + context.toleranceUs);
  if (fault) faults.push(fault);
  return {
    id,
    stampUs,
    arrivalUs,
    images,
    sweeps,
    ...(ego ? { ego } : {}),
    route: context.route,
    expectedCameras: context.cameras,
    expectedLidars: context.lidars,
    periodUs: context.periodUs,
    faults,
  };
}

type Say = (code: FaultCode, detail: string, source?: string) => void;
type Placed = { readonly mount: Se3; readonly motion: Se3 };

/** Mounting of a frame at a stamp and the motion of ego from there to the tick. */
function place(
  name: string,
  frameId: string,
  sensorUs: number,
  tickUs: number,
  { tf, track, toleranceUs }: BuildContext,
  say: Say,
): Placed | undefined {
  const asOfUs = tickUs + toleranceUs;
  const mount = tf.lookup(tf.egoFrame, frameId, sensorUs, asOfUs);
  const motion = mount && track.egoTickFromEgo(tickUs, sensorUs, asOfUs);
  if (mount && motion) return { mount, motion };
  const [from, to] = mount ? [tf.fixedFrame(), tf.egoFrame] : [tf.egoFrame, frameId];
  say(
    "TRANSFORM_MISSING",
    `${name}: transform ${from} to ${to} within 0.3 s of ${sensorUs} expected, found none`,
    name,
  );
  return undefined;
}

function imageAt(
  name: string,
  message: ImageMessage,
  tickUs: number,
  context: BuildContext,
  say: Say,
): CameraImage | undefined {
  const { stampUs, frameId, data } = message;
  const encoding = encodingOf(message);
  if (!encoding || data.length === 0) {
    const found = `${data.length} bytes of "${message.format}"`;
    say("CAMERA_INVALID", `${name}: a jpeg, png or raw picture expected, found ${found}`, name);
    return undefined;
  }
  const known = context.calibrations.get(name) ?? context.calibrations.get(frameId);
  const calibration = known && scaleCalibration(known, message.size ?? pictureSize(data));
  if (typeof calibration === "string") {
    say("CAMERA_INVALID", `${name}: ${calibration}`, name);
    return undefined;
  }
  const lens = message.isRectified ? undefined : calibration?.lens;
  if (!calibration || typeof lens === "string") {
    const found = lens ? `one that cannot be used: ${lens}` : "none";
    say(
      "CALIBRATION_MISSING",
      `${name}: a calibration (frame ${frameId}) expected, found ${found}`,
      name,
    );
    return undefined;
  }
  const placed = place(name, frameId, stampUs, tickUs, context, say);
  if (!placed) return undefined;
  return {
    name,
    stampUs,
    encoding,
    data,
    camera: {
      intrinsics: calibration.intrinsics,
      ...(lens ? { lens } : {}),
      mountEgoFromCamera: placed.mount,
    },
    egoFromCamera: compose(placed.motion, placed.mount),
  };
}

function encodingOf({ format, size }: ImageMessage): CameraImage["encoding"] | undefined {
  if (size) return RAW_ENCODINGS.find((name) => name === format);
  if (/jpe?g/.test(format)) return "jpeg";
  return /png/.test(format) ? "png" : undefined;
}

function sweepAt(
  name: string,
  message: CloudMessage,
  tickUs: number,
  context: BuildContext,
  say: Say,
): Sweep | undefined {
  const { stampUs, frameId } = message;
  const placed = place(name, frameId, stampUs, tickUs, context, say);
  if (!placed) return undefined;
  let points: LoadedPoints;
  try {
    points = loadPoints(message);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    say("LIDAR_INVALID", `${name}: ${why}`, name);
    return undefined;
  }
  if (points.intensity.length === 0) {
    const found = `${points.droppedCount} non-finite and no finite point`;
    say("LIDAR_INVALID", `${name}: finite points expected, found ${found}`, name);
    return undefined;
  }
  const egoFromCloud = compose(compose(placed.motion, placed.mount), message.frameFromCloud);
  if (!isIdentity(egoFromCloud)) transformPointsInto(egoFromCloud, points.xyz, points.xyz);
  const origin = context.lidarOriginsM[name];
  const egoFromLidar = origin
    ? compose(placed.motion, { r: placed.mount.r, t: [...origin] })
    : egoFromCloud;
  return { name, stampUs, egoFromLidar, ...points };
}

/**
 * Reads the packed points where they lie, without copying them out of the message. The loader is asked
 * itself: `parseSync` of @loaders.gl/core would ask it too, after a tenth of a second of loading.
 */
function loadPoints({ data, layout }: CloudMessage): LoadedPoints {
  const { byteOffset, byteLength } = data;
  const options = { "foxglove-point-cloud": { layout, byteOffset, byteLength } };
  return FoxglovePointCloudLoader.parseSync(data.buffer as ArrayBuffer, options);
}

const isIdentity = ({ r, t }: Se3): boolean =>
  t.every((v) => v === 0) && r.every((v, i) => v === IDENTITY.r[i]);
