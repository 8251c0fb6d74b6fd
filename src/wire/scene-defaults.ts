import { CAR } from "../contract/maneuver.ts";
import type {
  DetectedObject,
  Scene,
  SceneBlock,
  SceneLane,
  SceneWeather,
} from "../contract/scene.ts";
import type { SceneMessage } from "../contract/scene-exchange.ts";
import { crc32p4 } from "./crc32p4.ts";
import type { SentLane, SentLine, SentScene } from "./scene-schema.ts";

/** The defaults that schemas/waywarden/v1/scene.proto states. */
const PERIOD_US = 100_000;
const LIGHT = 0.8;
const BRAKE_LIGHTS_MPS2 = -1;
/** Cosine of 72°. */
const ALONG_COS = 0.3;
const BLOCK_RGB = {
  BUILDING: [150, 145, 138],
  TREE: [62, 84, 44],
  BUSH: [70, 92, 48],
  POLE: [120, 122, 124],
} as const;
const PAINTS = [
  [228, 228, 226],
  [38, 40, 44],
  [150, 154, 158],
  [120, 24, 28],
  [34, 58, 104],
  [86, 92, 78],
  [196, 186, 160],
] as const;

/** Points of a polyline are at most this far apart, as `contract/scene.ts` has them. */
const SPACING_M = 2;

/** The Scene as it is meant, with every default filled in. */
export function sceneFrom(sent: SentScene): SceneMessage {
  const { session, periodUs, instruction, instructionGivenUs, last } = sent;
  return {
    session,
    scene: worldOf(sent),
    periodUs: periodUs ?? PERIOD_US,
    instruction: instruction ?? "",
    ...(instructionGivenUs === undefined ? {} : { instructionGivenUs }),
    last: last ?? false,
  };
}

function worldOf(sent: SentScene): Scene {
  const { id, stampUs, ego, speedLimitMps, textureSeed } = sent;
  return {
    id,
    stampUs,
    ego: { ...ego, lengthM: CAR.lengthM, widthM: CAR.widthM },
    objects: sent.objects.map(objectFrom),
    lanes: sent.lanes.map((lane) => laneFrom(lane, ego)),
    stopLines: sent.stopLines.map(({ id: lineId, left, right, signalIds }) => ({
      ...{ id: lineId, signalIds },
      ...{ x0M: left.xM, y0M: left.yM, x1M: right.xM, y1M: right.yM },
    })),
    signals: sent.signals,
    kerbs: sent.kerbs.map(({ line, heightM }) => ({ line: evenly(line), heightM })),
    blocks: sent.blocks.map(
      (block): SceneBlock => ({ ...block, rgb: colourOf(block.rgb) ?? BLOCK_RGB[block.kind] }),
    ),
    ...(speedLimitMps === undefined ? {} : { speedLimitMps }),
    light: sent.weather?.lightRatio ?? LIGHT,
    haze: sent.weather?.hazeRatio ?? 0,
    textureSeed: textureSeed ?? crc32p4(new TextEncoder().encode(sent.session)),
    ...(sent.weather === undefined ? {} : { weather: weatherFrom(sent.weather) }),
  };
}

function weatherFrom(sent: NonNullable<SentScene["weather"]>): SceneWeather {
  const { rainRatio, wetnessRatio, lightRatio: _light, hazeRatio: _haze, ...rest } = sent;
  return {
    ...rest,
    ...(rainRatio === undefined ? {} : { rain: rainRatio }),
    ...(wetnessRatio === undefined ? {} : { wetness: wetnessRatio }),
  };
}

const INDICATORS = { NONE: 0, LEFT: 1, RIGHT: -1, BOTH: 2 } as const;

function objectFrom(sent: SentScene["objects"][number]): DetectedObject {
  const { accelMps2 = 0, brakeLights, indicator = "NONE", rgb, ...given } = sent;
  return {
    ...given,
    accelMps2,
    brakeLights: brakeLights ?? accelMps2 < BRAKE_LIGHTS_MPS2,
    indicator: INDICATORS[indicator],
    rgb: colourOf(rgb) ?? PAINTS[sent.id % PAINTS.length]!,
  };
}

function colourOf(rgb: readonly number[]): [number, number, number] | undefined {
  const [red, green, blue] = rgb;
  return red === undefined || green === undefined || blue === undefined
    ? undefined
    : [red, green, blue];
}

function laneFrom(sent: SentLane, ego: SentScene["ego"]): SceneLane {
  const { centre, leftId, rightId, kind, leftMark, rightMark, oncoming, ...given } = sent;
  const line = evenly(centre);
  return {
    ...given,
    kind: kind ?? "DRIVING",
    centre: line,
    leftMark: leftMark ?? (leftId === undefined ? "SOLID" : "DASHED"),
    rightMark: rightMark ?? (rightId === undefined ? "SOLID" : "DASHED"),
    ...(leftId === undefined ? {} : { leftId }),
    ...(rightId === undefined ? {} : { rightId }),
    oncoming: oncoming ?? !leadsAlong(line, ego),
  };
}

/** Whether a polyline ([P, 2] m, map) goes ego's way at the place nearest to ego. */
function leadsAlong(line: Float64Array, ego: SentScene["ego"]): boolean {
  let nearest = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i + 3 < line.length; i += 2) {
    const distance = Math.hypot(
      (line[i]! + line[i + 2]!) / 2 - ego.xM,
      (line[i + 1]! + line[i + 3]!) / 2 - ego.yM,
    );
    if (distance >= least) continue;
    least = distance;
    nearest = i;
  }
  const yawRad = Math.atan2(
    line[nearest + 3]! - line[nearest + 1]!,
    line[nearest + 2]! - line[nearest]!,
  );
  return Math.cos(yawRad - ego.yawRad) >= ALONG_COS;
}

/** The same polyline with points in between where they are too far apart: [P, 2] m, map. */
function evenly(line: SentLine): Float64Array {
  const out: number[] = [line[0]!.xM, line[0]!.yM];
  for (let i = 1; i < line.length; i++) {
    const a = line[i - 1]!;
    const b = line[i]!;
    const pieces = Math.ceil(Math.hypot(b.xM - a.xM, b.yM - a.yM) / SPACING_M);
    for (let k = 1; k < pieces; k++)
      out.push(a.xM + ((b.xM - a.xM) * k) / pieces, a.yM + ((b.yM - a.yM) * k) / pieces);
    out.push(b.xM, b.yM);
  }
  return Float64Array.from(out);
}
