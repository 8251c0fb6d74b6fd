import type { Decision } from "../contract/decision.ts";
import type { Se3 } from "../contract/se3.ts";
import { IDENTITY } from "../geometry/se3.ts";
import { decodeImage, encodedImageOf } from "../image/decode.ts";
import { encodeJpeg } from "../image/encode.ts";
import type { WrittenSchema } from "../ingest/foxglove-schemas.ts";
import { quaternion, timestamp, vector } from "../ingest/write-mcap.ts";
import { drawFromAbove, viewAt } from "../picture/from-above.ts";
import type { TickFigures } from "../wire/figures-codec.ts";
import { BEV_FRAME, EGO_FRAME, FIXED_FRAME } from "./channels.ts";
import type { RecordedTick } from "./recorded-tick.ts";
import { LOG_LEVELS } from "./scene-update.ts";

type Fields = Readonly<Record<string, unknown>>;

const BEV_PX_PER_M = 4;
const BEV_JPEG_QUALITY = 85;

/** What a message of a Foxglove schema holds. */
export type FoxgloveMessage = { readonly schema: WrittenSchema; readonly fields: Fields };

const transform = (stampUs: number, parent: string, child: string, parentFromChild: Se3) => ({
  timestamp: timestamp(stampUs),
  parent_frame_id: parent,
  child_frame_id: child,
  translation: vector(parentFromChild.t),
  rotation: quaternion(parentFromChild.r),
});

/** Root → ego → camera; without poses ego stands at the root, so that the 3D view has one. */
export function transformsOf({ observation }: RecordedTick): FoxgloveMessage {
  const { stampUs, ego, images } = observation;
  const transforms = [
    transform(stampUs, FIXED_FRAME, EGO_FRAME, ego?.odomFromEgo ?? IDENTITY),
    ...images.map(({ name, egoFromCamera }) => transform(stampUs, EGO_FRAME, name, egoFromCamera)),
  ];
  return { schema: "foxglove.FrameTransforms", fields: { transforms } };
}

/** The front picture as it came, with its calibration; [] where there is none. */
export async function cameraMessages({
  observation,
}: RecordedTick): Promise<
  { readonly image: FoxgloveMessage; readonly calibration: FoxgloveMessage }[]
> {
  const front = observation.images[0];
  if (!front) return [];
  const { name, stampUs, camera } = front;
  const { widthPx, heightPx, fxPx, fyPx, cxPx, cyPx } = camera.intrinsics;
  // Viewers know no lens of ours and few raw formats: such a picture is shown as the network sees it.
  const isFile = front.encoding === "jpeg" || front.encoding === "png";
  const asItCame = isFile && !camera.lens;
  const rgb = asItCame
    ? undefined
    : await decodeImage(encodedImageOf(front)).catch(() => undefined);
  if (!asItCame && !rgb) return [];
  const head = { timestamp: timestamp(stampUs), frame_id: name };
  return [
    {
      image: {
        schema: "foxglove.CompressedImage",
        fields: {
          ...head,
          format: rgb ? "jpeg" : front.encoding,
          data: rgb ? await encodeJpeg(rgb, widthPx, heightPx, 85) : front.data,
        },
      },
      calibration: {
        schema: "foxglove.CameraCalibration",
        fields: {
          ...head,
          width: widthPx,
          height: heightPx,
          distortion_model: "plumb_bob",
          D: [0, 0, 0, 0, 0],
          K: [fxPx, 0, cxPx, 0, fyPx, cyPx, 0, 0, 1],
          R: [1, 0, 0, 0, 1, 0, 0, 0, 1],
          P: [fxPx, 0, cxPx, 0, 0, fyPx, cyPx, 0, 0, 0, 1, 0],
        },
      },
    },
  ];
}

/** BevState, obstacles and path from above, 256 × 512 px. */
export async function bevMessage(tick: RecordedTick): Promise<FoxgloveMessage> {
  const canvas = drawFromAbove(viewAt(BEV_PX_PER_M), tick);
  const data = await encodeJpeg(canvas.rgb, canvas.widthPx, canvas.heightPx, BEV_JPEG_QUALITY);
  const stamp = timestamp(tick.observation.stampUs);
  return {
    schema: "foxglove.CompressedImage",
    fields: { timestamp: stamp, frame_id: BEV_FRAME, format: "jpeg", data },
  };
}

/** One line for the decision, one for each fault, one for an instruction other than `textBefore`. */
export function logMessages(
  { decision, observation }: RecordedTick,
  textBefore: string | undefined,
): FoxgloveMessage[] {
  const stamp = timestamp(decision.observationStampUs);
  const line = (level: number, name: string, message: string): FoxgloveMessage => ({
    schema: "foxglove.Log",
    fields: { timestamp: stamp, level, message, name },
  });
  const { mode, verdict, sentence, faults } = decision;
  const { text } = observation.route;
  return [
    ...(text === (textBefore ?? "") ? [] : [line(2, "instruction", `told "${text}"`)]),
    line(LOG_LEVELS[mode], "decision", `${mode} ${verdict}: ${sentence}`),
    ...faults.map(({ code, source, detail }) =>
      line(3, "fault", `${code}${source === undefined ? "" : ` ${source}`}: ${detail}`),
    ),
  ];
}

export function figuresOf(tick: RecordedTick, firstUs: number): TickFigures {
  const { decision, ageMs, obstacles } = tick;
  const { maneuver, proposedManeuver, trajectory, egoSpeedMps } = decision;
  return {
    decisionId: decision.id,
    sinceStartS: sinceStartS(decision, firstUs),
    mode: decision.mode,
    verdict: decision.verdict,
    ...(egoSpeedMps === undefined ? {} : { egoSpeedMps }),
    targetSpeedMps: maneuver.targetSpeedMps,
    ...(proposedManeuver ? { proposedSpeedMps: proposedManeuver.targetSpeedMps } : {}),
    accelMps2: trajectory.accelMps2[0] ?? 0,
    accelLimitMps2: decision.accelLimitMps2,
    ...(maneuver.gapM === undefined ? {} : { gapM: maneuver.gapM }),
    ageMs,
    timing: decision.timing,
    obstacleCount: obstacles?.obstacles.length ?? 0,
    faultCount: decision.faults.length,
  };
}

/** Time as replay prints it. */
export const sinceStartS = (decision: Decision, firstUs: number): number =>
  (decision.observationStampUs - firstUs) / 1e6;
