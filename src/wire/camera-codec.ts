import { z } from "zod";
import { type CameraImage, LENS_COEFFICIENTS, type LensModel } from "../contract/observation.ts";
import type { Se3 } from "../contract/se3.ts";
import { fromWire, toWire } from "./enums.ts";

export const TransformSchema = z
  .strictObject({
    rotation: z.array(z.number()).length(9),
    translationM: z.tuple([z.number(), z.number(), z.number()]),
  })
  .transform(({ rotation, translationM }): Se3 => ({ r: rotation, t: translationM }));

export const transformToWire = ({ r, t }: Se3) => ({ rotation: r, translationM: t });

const IntrinsicsSchema = z.strictObject({
  widthPx: z.int().positive(),
  heightPx: z.int().positive(),
  fxPx: z.number().positive(),
  fyPx: z.number().positive(),
  cxPx: z.number(),
  cyPx: z.number(),
});

const LensSchema = z
  .strictObject({
    model: fromWire("LensModel").transform((model) => model.toLowerCase() as LensModel),
    coefficients: z.array(z.number()),
    intrinsics: IntrinsicsSchema,
    cameraFromLens: z.array(z.number()).length(9),
  })
  .refine(({ model, coefficients }) => coefficients.length === LENS_COEFFICIENTS[model], {
    error: "5 coefficients of plumb_bob, 8 of rational_polynomial or 4 of equidistant expected",
  });

export const CameraImageSchema = z
  .strictObject({
    name: z.string().min(1),
    stampUs: z.int(),
    encoding: fromWire("ImageEncoding"),
    data: z.instanceof(Uint8Array),
    intrinsics: IntrinsicsSchema,
    lens: LensSchema.exactOptional(),
    mountEgoFromCamera: TransformSchema,
    egoFromCamera: TransformSchema,
  })
  .transform(({ intrinsics, lens, mountEgoFromCamera, encoding, ...image }) => ({
    ...image,
    encoding: encoding.toLowerCase() as Lowercase<typeof encoding>,
    camera: { intrinsics, ...(lens ? { lens } : {}), mountEgoFromCamera },
  }));

export function cameraImageToWire({ camera, encoding, ...image }: CameraImage): object {
  const { lens, intrinsics, mountEgoFromCamera } = camera;
  const upper = <S extends string>(text: S) => text.toUpperCase() as Uppercase<S>;
  return {
    ...image,
    encoding: toWire("ImageEncoding", upper(encoding)),
    intrinsics,
    ...(lens ? { lens: { ...lens, model: toWire("LensModel", upper(lens.model)) } } : {}),
    mountEgoFromCamera: transformToWire(mountEgoFromCamera),
    egoFromCamera: transformToWire(image.egoFromCamera),
  };
}
