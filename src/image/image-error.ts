import { WaywardenError } from "../contract/errors.ts";

export type ImageErrorCode =
  | "IMAGE_EMPTY"
  | "IMAGE_UNDECODABLE"
  | "IMAGE_SIZE_MISMATCH"
  | "IMAGE_REGION_INVALID"
  | "IMAGE_LENS_INVALID";

/** A picture cannot be decoded, encoded, or is not what its calibration says. */
export class ImageError extends WaywardenError {
  // biome-ignore lint/complexity/noUselessConstructor: it narrows the code to this room's list
  constructor(code: ImageErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, options);
  }
}
