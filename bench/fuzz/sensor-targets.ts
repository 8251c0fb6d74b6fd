import { fromYawPitchRoll, IDENTITY } from "../../src/geometry/se3.ts";
import { decodeRegions, type EncodedImage } from "../../src/image/decode.ts";
import { encodeJpeg, encodePng } from "../../src/image/encode.ts";
import { buildObservation, type SensorItem } from "../../src/ingest/build-observation.ts";
import {
  encodeFoxglove,
  foxgloveDescriptorSet,
  type WrittenSchema,
} from "../../src/ingest/foxglove-schemas.ts";
import { LogIntake } from "../../src/ingest/log-intake.ts";
import type { LogChannel } from "../../src/ingest/mcap-log.ts";
import { Synchronizer } from "../../src/ingest/synchronizer.ts";
import { TfTree } from "../../src/ingest/tf-tree.ts";
import { findTopics } from "../../src/ingest/topics.ts";
import { mutateBytes } from "./mutate.ts";
import type { FuzzTarget } from "./target.ts";

const START_US = 1_700_000_000_000_000;
const timestamp = { seconds: START_US / 1e6, nanos: 0 };
const rotation = { x: 0, y: 0, z: 0, w: 1 };
const WIDTH_PX = 64;
const HEIGHT_PX = 36;

/** Topic, schema and good messages of everything that ingest reads. */
async function goodMessages(): Promise<
  readonly (readonly [string, WrittenSchema, Record<string, unknown>])[]
> {
  const points = new Float32Array(20 * 4).map((_, i) => (i * 7) % 31);
  const fields = ["x", "y", "z", "intensity"].map((name, i) => ({ name, offset: i * 4, type: 7 }));
  const K = [50, 0, 31.5, 0, 50, 17.5, 0, 0, 1];
  return [
    [
      "/cam/image",
      "foxglove.CompressedImage",
      { timestamp, frame_id: "cam", format: "jpeg", data: await aJpeg() },
    ],
    [
      "/lidar/points",
      "foxglove.PointCloud",
      {
        timestamp,
        frame_id: "lidar",
        pose: { position: { x: 1 }, orientation: rotation },
        point_stride: 16,
        fields,
        data: new Uint8Array(points.buffer),
      },
    ],
    [
      "/cam/camera_info",
      "foxglove.CameraCalibration",
      {
        timestamp,
        frame_id: "cam",
        width: WIDTH_PX,
        height: HEIGHT_PX,
        distortion_model: "plumb_bob",
        D: [0.1, 0, 0, 0, 0],
        K,
      },
    ],
    [
      "/cam2/image",
      "foxglove.RawImage",
      {
        ...{ timestamp, frame_id: "cam", width: 8, height: 4, encoding: "mono8", step: 10 },
        data: new Uint8Array(40),
      },
    ],
    [
      "/tf",
      "foxglove.FrameTransform",
      {
        timestamp,
        parent_frame_id: "map",
        child_frame_id: "base_link",
        translation: { x: 1 },
        rotation,
      },
    ],
    [
      "/pose",
      "foxglove.PoseInFrame",
      { timestamp, frame_id: "map", pose: { position: { x: 1 }, orientation: rotation } },
    ],
    ["/gps", "foxglove.LocationFix", { timestamp, latitude: 48, longitude: 11 }],
  ];
}

function aPicture(): Uint8Array {
  const rgb = new Uint8Array(WIDTH_PX * HEIGHT_PX * 3);
  for (let i = 0; i < rgb.length; i++) rgb[i] = (i * 37 + (i >> 5) * 11) & 0xff;
  return rgb;
}
const aJpeg = () => encodeJpeg(aPicture(), WIDTH_PX, HEIGHT_PX, 80);

export async function sensorTargets(): Promise<FuzzTarget[]> {
  return [
    await messageTarget(),
    pictureTarget(
      "jpeg",
      [await aJpeg(), await encodeJpeg(aPicture(), WIDTH_PX, HEIGHT_PX, 20)],
      9000,
    ),
    pictureTarget("png", [await encodePng(aPicture(), WIDTH_PX, HEIGHT_PX)], 3000),
    byteProgram("tf", 4000, runTransforms),
    byteProgram("synchronizer", 4000, runSynchronizer),
  ];
}

/** One damaged message among good ones: what it becomes in an Observation, as its fault codes. */
async function messageTarget(): Promise<FuzzTarget> {
  const schemaData = foxgloveDescriptorSet();
  const messages = await goodMessages();
  const channels: LogChannel[] = messages.map(([topic, schemaName], id) => ({
    ...{ id, topic, schemaName, schemaData, logTimesUs: [START_US] },
    ...{ messageEncoding: "protobuf", schemaEncoding: "protobuf" },
  }));
  const topics = findTopics(channels);
  const good = messages.map(([, schema, fields]) => encodeFoxglove(schema, fields));
  // The first byte says which message is damaged.
  const corpus = good.map((bytes, id) => Uint8Array.from([id, ...bytes]));
  return {
    name: "foxglove message",
    share: 20_000,
    corpus,
    mutate: (random, input, others) => {
      const rest = others.map((other) => other.subarray(1));
      return Uint8Array.from([input[0]!, ...mutateBytes(random, input.subarray(1), rest)]);
    },
    run: (input) => {
      const intake = new LogIntake(topics, { egoSpeedMps: 5 });
      const damaged = input[0]!;
      const items: { name: string; stampUs: number; item: SensorItem }[] = [];
      for (const [channelId, bytes] of good.entries()) {
        const data = channelId === damaged ? input.subarray(1) : bytes;
        const sensed = intake.take({ channelId, logTimeUs: START_US, data });
        if (sensed) items.push({ ...sensed, stampUs: sensed.item.message.stampUs });
      }
      const info = { cameras: ["cam"], lidars: ["lidar"], periodUs: 100_000 } as never;
      const context = { ...intake.context(info, 25_000), route: { text: "", givenUs: 0 } };
      const tick = { stampUs: START_US, items, missing: [], jumps: [] };
      const { faults, sweeps } = buildObservation(0, tick, context, intake.takeFaults());
      for (const { xyz } of sweeps)
        if (!xyz.every(Number.isFinite)) throw new Error("finite points expected, found others");
      return faults.find((fault) => fault.code !== "TRANSFORM_MISSING")?.code ?? "ok";
    },
  };
}

function pictureTarget(
  encoding: EncodedImage["encoding"],
  corpus: readonly Uint8Array[],
  share: number,
): FuzzTarget {
  const region = { leftPx: 4, topPx: 4, widthPx: 48, heightPx: 24, outWidthPx: 16, outHeightPx: 8 };
  return {
    name: encoding,
    share,
    corpus,
    mutate: mutateBytes,
    run: async (data) => {
      const image = { data, encoding, widthPx: WIDTH_PX, heightPx: HEIGHT_PX };
      const [out] = await decodeRegions(image, [region]);
      return out!.length === 16 * 8 * 3 ? "ok" : "CRASH";
    },
  };
}

/** Bytes as a program of calls: three bytes and a stamp each. */
function byteProgram(name: string, share: number, step: (view: DataView) => string): FuzzTarget {
  const corpus = [7, 40, 90].map((seed) =>
    Uint8Array.from({ length: 264 }, (_, i) => (i * seed + (i >> 3)) & 0xff),
  );
  return {
    name,
    share,
    corpus,
    mutate: mutateBytes,
    run: (input) => step(new DataView(input.buffer, input.byteOffset, input.byteLength)),
  };
}

/** A stamp near the start, now and then far from it. */
const stampAt = (view: DataView, at: number): number => {
  const step = view.getInt32(at + 3, true);
  return START_US + (view.getUint8(at + 7) < 200 ? step % 2_000_000 : step * 1000);
};

function runTransforms(view: DataView): string {
  const tree = new TfTree("f0");
  let found = 0;
  for (let at = 0; at + 8 <= Math.min(view.byteLength, 4000); at += 8) {
    const [a, b] = [`f${view.getUint8(at) % 7}`, `f${view.getUint8(at + 1) % 7}`];
    const kind = view.getUint8(at + 2);
    const stampUs = stampAt(view, at);
    if (kind < 160 && a !== b)
      tree.add(
        a,
        b,
        kind < 40 ? undefined : stampUs,
        kind % 2 ? IDENTITY : fromYawPitchRoll(kind, 0, 0, [kind, 0, 0]),
      );
    const transform = tree.lookup(a, b, stampUs, stampUs + 25_000);
    if (!transform) continue;
    found++;
    if (![...transform.r, ...transform.t].every(Number.isFinite))
      throw new Error("a finite transform expected, found another");
  }
  return found > 0 ? "ok" : "TRANSFORM_MISSING";
}

function runSynchronizer(view: DataView): string {
  const periodUs = 50_000;
  const sync = new Synchronizer<number>(
    [
      { name: "s0", kind: "lidar", periodUs },
      { name: "s1", kind: "camera", periodUs },
      { name: "s2", kind: "camera", periodUs: 4 * periodUs },
    ],
    periodUs,
  );
  let last = Number.NEGATIVE_INFINITY;
  let jumps = 0;
  const check = (ticks: readonly { stampUs: number; jumps: readonly string[] }[]) => {
    for (const tick of ticks) {
      jumps += tick.jumps.length;
      if (!(tick.stampUs > last)) throw new Error(`ticks in order expected, found ${tick.stampUs}`);
      last = tick.stampUs;
    }
  };
  for (let at = 0; at + 8 <= Math.min(view.byteLength, 4000); at += 8)
    check(sync.offer(`s${view.getUint8(at) % 3}`, stampAt(view, at), at));
  check(sync.flush());
  return jumps > 0 ? "CLOCK_JUMP" : "ok";
}
