import type { CameraImage } from "../contract/observation.ts";
import { decodeRegion } from "../image/decode.ts";
import { encodeJpeg } from "../image/encode.ts";
import { drawFromAbove, viewAt } from "../picture/from-above.ts";
import type { RecordedTick } from "../record/recorded-tick.ts";

/** Ticks from one picture to the next while the run is short. */
export const FILM_EVERY_TICKS = 5;
const FRAMES_MAX = 160;
const CAMERA_WIDTH_PX = 400;
const CAMERA_QUALITY = 60;
const BEV_PX_PER_M = 3;
const BEV_QUALITY = 75;

export type Frame = {
  readonly tickId: number;
  /** JPEG bytes; undefined where there was no picture or it could not be decoded. */
  readonly camera: Uint8Array | undefined;
  readonly bev: Uint8Array;
};

/** Small pictures of a run of any length: when there are many, every second one goes. */
export class Film {
  #everyTicks = FILM_EVERY_TICKS;
  #frames: Frame[] = [];

  get frames(): readonly Frame[] {
    return this.#frames;
  }

  async add(tick: RecordedTick): Promise<void> {
    const { id } = tick.decision;
    if (id % this.#everyTicks !== 0) return;
    const [front] = tick.observation.images;
    const canvas = drawFromAbove(viewAt(BEV_PX_PER_M), tick);
    const bev = await encodeJpeg(canvas.rgb, canvas.widthPx, canvas.heightPx, BEV_QUALITY);
    this.#frames.push({ tickId: id, camera: front && (await thumbnail(front)), bev });
    if (this.#frames.length >= FRAMES_MAX) this.thin();
  }

  /** Leaves every second picture out, from now on too. */
  thin(): void {
    this.#everyTicks *= 2;
    this.#frames = this.#frames.filter(({ tickId }) => tickId % this.#everyTicks === 0);
  }
}

/** A report must not fail for a picture that does not decode. */
async function thumbnail({ camera, ...image }: CameraImage): Promise<Uint8Array | undefined> {
  const { widthPx, heightPx } = camera.intrinsics;
  const outWidthPx = Math.min(CAMERA_WIDTH_PX, widthPx);
  const outHeightPx = Math.max(1, Math.round((outWidthPx * heightPx) / widthPx));
  const whole = { leftPx: 0, topPx: 0, widthPx, heightPx };
  try {
    const rgb = await decodeRegion({ ...image, widthPx, heightPx }, whole, outWidthPx, outHeightPx);
    return await encodeJpeg(rgb, outWidthPx, outHeightPx, CAMERA_QUALITY);
  } catch {
    return undefined;
  }
}
