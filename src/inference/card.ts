import { z } from "zod";

const file = z.strictObject({ file: z.string(), sha256: z.string().regex(/^[0-9a-f]{64}$/) });
const range = z.tuple([z.int(), z.int()]);

/** card.json of a model folder: everything that must fit between a model and this code. */
export const ModelCardSchema = z.strictObject({
  name: z.string(),
  version: z.string(),
  files: z.strictObject({ text: file, bev: file, planner: file, tokenizer: file }),
  bev_spec: z.strictObject({
    x_min_m: z.number(),
    y_min_m: z.number(),
    cell_m: z.number(),
    nx: z.int(),
    ny: z.int(),
  }),
  bev_channels: z.array(z.string()),
  pillars: z.strictObject({
    channels: z.array(z.string()),
    nx: z.int(),
    ny: z.int(),
    cell_m: z.number(),
  }),
  images: z.strictObject({
    height: z.int(),
    width: z.int(),
    stride: z.int(),
    heights_m: z.array(z.number()),
  }),
  text_tokens_max: z.int(),
  vocabulary: z.record(z.string(), range),
  slots: z.array(z.string()),
  state_vocabulary_size: z.int(),
  training: z.record(z.string(), z.unknown()),
  metrics: z.record(z.string(), z.unknown()),
});
export type ModelCard = z.infer<typeof ModelCardSchema>;
