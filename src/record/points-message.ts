import { packedPointFields, packPoints, timestamp } from "../ingest/write-mcap.ts";
import { EGO_FRAME } from "./channels.ts";
import type { RecordedTick } from "./recorded-tick.ts";
import type { FoxgloveMessage } from "./tick-messages.ts";

/** The sweeps that came with the tick as one cloud in ego; undefined where there are none. */
export function pointsMessage({ observation }: RecordedTick): FoxgloveMessage | undefined {
  const { sweeps, stampUs } = observation;
  if (sweeps.length === 0) return undefined;
  return {
    schema: "foxglove.PointCloud",
    fields: {
      timestamp: timestamp(stampUs),
      frame_id: EGO_FRAME,
      pose: { position: {}, orientation: { w: 1 } },
      ...packedPointFields,
      data: Buffer.concat(sweeps.map(packPoints)),
    },
  };
}
