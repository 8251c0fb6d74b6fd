import { WireError } from "../contract/errors.ts";

export const TOPIC_KINDS = [
  "decision",
  "status",
  "health",
  "observation",
  "scene",
  "refusal",
  "instruction",
  "override",
] as const;
export type TopicKind = (typeof TOPIC_KINDS)[number];

/** What travels on a topic, and how; docs/asyncapi.json is held to this table. */
export type TopicTraits = {
  /** Message of waywarden.v1. */
  readonly message: string;
  readonly qos: 0 | 1;
  readonly retain: boolean;
  readonly sender: "service" | "client";
};

/**
 * Decisions are never kept, and observations never sent twice: late ones are worse than none. Scenes are
 * sent in lock-step, so each one has to come.
 */
export const TOPICS = {
  decision: { message: "Sealed", qos: 1, retain: false, sender: "service" },
  status: { message: "Status", qos: 1, retain: true, sender: "service" },
  health: { message: "Health", qos: 0, retain: false, sender: "service" },
  observation: { message: "Observation", qos: 0, retain: false, sender: "client" },
  instruction: { message: "Instruction", qos: 1, retain: false, sender: "client" },
  scene: { message: "Scene", qos: 1, retain: false, sender: "client" },
  refusal: { message: "SceneRefusal", qos: 1, retain: false, sender: "service" },
  override: { message: "Override", qos: 1, retain: false, sender: "client" },
} as const satisfies Partial<Record<TopicKind, TopicTraits>>;
export type UsedTopic = keyof typeof TOPICS;

/** An extra of MQTT 5, at its shortest; 3.1.1 leaves it out. What counts is valid_ms of the seal. */
export const DECISION_EXPIRY_S = 1;

/** How a message of this topic is published. */
export function publishOptions(kind: UsedTopic) {
  const { qos, retain } = TOPICS[kind];
  return kind === "decision"
    ? { qos, retain, properties: { messageExpiryInterval: DECISION_EXPIRY_S } }
    : { qos, retain };
}

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
