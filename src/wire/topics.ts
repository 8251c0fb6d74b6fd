import { WireError } from "../contract/errors.ts";

export const TOPIC_KINDS = [
  "decision",
  "status",
  "health",
  "observation",
  "scene",
  "instruction",
  "override",
] as const;
export type TopicKind = (typeof TOPIC_KINDS)[number];

const VEHICLE_NAME = /^[a-z0-9][a-z0-9_-]{0,31}$/;

/** `waywarden/v1/<vehicle>/<kind>`. @throws WireError WIRE_VEHICLE_NAME */
export function topicOf(vehicle: string, kind: TopicKind): string {
  checkVehicleName(vehicle);
  return `waywarden/v1/${vehicle}/${kind}`;
}

/** Names become topic levels and file names, so they are kept plain. */
export function checkVehicleName(vehicle: string): void {
  if (!VEHICLE_NAME.test(vehicle))
    throw new WireError(
      "WIRE_VEHICLE_NAME",
      `vehicle name of 1…32 characters a-z, 0-9, _ or - expected, found "${vehicle}"`,
    );
}
