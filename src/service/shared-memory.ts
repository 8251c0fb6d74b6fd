import type { BevInput } from "../bev/bev-input.ts";
import { type CameraImage, type Observation, RAW_ENCODINGS } from "../contract/observation.ts";

/*
 * Between threads memory is copied or shared, never given away. Giving an ArrayBuffer away detaches it
 * here, and from the first time on V8 asks at every access of any typed array in this thread whether it
 * is still there: all code that was compiled by then is thrown away, and what is compiled later is slower.
 */

/**
 * The observation as it is told to another thread. Points, most of it, are copied at most once, into memory that
 * both threads see and nobody writes to again; so are raw pictures. Decoders of files want memory of
 * their own, which is copied with the message; without the copy here, that would copy the whole buffer
 * behind a view.
 */
export const tellable = (observation: Observation): Observation => ({
  ...observation,
  images: observation.images.map((image) => ({ ...image, data: pictureOf(image) })),
  sweeps: observation.sweeps.map((sweep) => ({
    ...sweep,
    xyz: sharedFloats(sweep.xyz),
    intensity: sharedFloats(sweep.intensity),
  })),
});

function pictureOf({ data, encoding }: CameraImage): Uint8Array {
  const isRaw = (RAW_ENCODINGS as readonly string[]).includes(encoding);
  if (!isRaw) return new Uint8Array(data);
  const copy = new Uint8Array(new SharedArrayBuffer(data.byteLength));
  copy.set(data);
  return copy;
}

/** `floats` itself where a log was read: it puts points into shared memory at once. */
function sharedFloats(floats: Float32Array): Float32Array {
  if (floats.buffer instanceof SharedArrayBuffer) return floats;
  const copy = new Float32Array(new SharedArrayBuffer(floats.byteLength));
  copy.set(floats);
  return copy;
}

/** The input without what lies around its pictures. The networks take no shared memory. */
export const tellableInput = (input: BevInput): BevInput => ({
  ...input,
  images: input.images.slice(),
});
