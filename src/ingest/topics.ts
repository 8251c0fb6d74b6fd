import { SourceError } from "../contract/errors.ts";
import { isRectifiedTopic } from "./foxglove-decode.ts";
import type { LogChannel } from "./mcap-log.ts";

export const RAW_IMAGE_SCHEMA = "foxglove.RawImage";

/** Foxglove schema of each role. */
export const ROLE_SCHEMAS = {
  image: ["foxglove.CompressedImage", RAW_IMAGE_SCHEMA],
  cloud: ["foxglove.PointCloud"],
  calibration: ["foxglove.CameraCalibration"],
  transform: ["foxglove.FrameTransform", "foxglove.FrameTransforms"],
  pose: ["foxglove.PoseInFrame"],
  fix: ["foxglove.LocationFix"],
} as const;
export type Role = keyof typeof ROLE_SCHEMAS;

/** Topics to use for a role instead of all topics with its schema. */
export type TopicOverrides = { readonly [R in Role]?: readonly string[] };

export type SensorChannel = { readonly name: string; readonly channel: LogChannel };
export type LogTopics = {
  readonly images: readonly SensorChannel[];
  readonly clouds: readonly SensorChannel[];
  /** Calibration channel id → name of the camera of the same topic folder, where there is one. */
  readonly calibrations: readonly { readonly channel: LogChannel; readonly camera?: string }[];
  readonly motion: readonly { readonly channel: LogChannel; readonly role: Role }[];
  /** Channels with a fitting schema that cannot be read, and why. */
  readonly rejected: readonly string[];
};

/** Last topic segments that tell what a topic carries, not which sensor it is. */
const CARRIER =
  /^(image|points?|point_?cloud2?|camera_?info|calibration|compressed|data|cloud)([_-].*)?$/i;

/** `/cam_front/image_rect_compressed` → `cam_front`, `/lidar_top` → `lidar_top`. */
export const sensorName = (topic: string): string => sensorParts(topic).at(-1) ?? topic;

function sensorParts(topic: string): string[] {
  const parts = topic.split("/").filter((p) => p !== "");
  while (parts.length > 1 && CARRIER.test(parts.at(-1)!)) parts.pop();
  return parts;
}

/** `/rig/cam_front/image_raw/compressed` → `/rig/cam_front` */
const sensorFolder = (topic: string): string => `/${sensorParts(topic).join("/")}`;

const folderOf = (topic: string): string => topic.slice(0, Math.max(0, topic.lastIndexOf("/")));

/** Sorts the channels of a log into roles, by schema or as overridden. */
export function findTopics(
  channels: readonly LogChannel[],
  overrides: TopicOverrides = {},
): LogTopics {
  const rejected: string[] = [];
  const of = (role: Role) => channelsOfRole(channels, role, overrides[role], rejected);
  const images = named(overrides.image ? of("image") : preferRectified(of("image")));
  const clouds = named(of("cloud"));
  if (images.length + clouds.length === 0) {
    const found = channels.map((c) => `${c.topic} (${c.schemaName}, ${c.messageEncoding})`);
    throw new SourceError(
      "SOURCE_NO_SENSORS",
      `a ${ROLE_SCHEMAS.image[0]} or ${ROLE_SCHEMAS.cloud[0]} channel in protobuf expected, ` +
        `found ${found.join(", ") || "no channel"}`,
    );
  }
  const byFolder = new Map(images.map((i) => [sensorFolder(i.channel.topic), i.name]));
  return {
    images,
    clouds,
    calibrations: of("calibration").map((channel) => {
      const folder = folderOf(channel.topic);
      const camera = folder === "" ? undefined : byFolder.get(folder);
      return camera === undefined ? { channel } : { channel, camera };
    }),
    motion: (["transform", "pose", "fix"] as const).flatMap((role) =>
      of(role).map((channel) => ({ channel, role })),
    ),
    rejected,
  };
}

function channelsOfRole(
  channels: readonly LogChannel[],
  role: Role,
  wanted: readonly string[] | undefined,
  rejected: string[],
): LogChannel[] {
  const schemas: readonly string[] = ROLE_SCHEMAS[role];
  for (const topic of wanted ?? [])
    if (!channels.some((c) => c.topic === topic))
      throw new SourceError(
        "SOURCE_TOPIC",
        `${role} topic ${topic} expected, found ${channels.map((c) => c.topic).join(", ")}`,
      );
  return channels.filter((c) => {
    if (wanted ? !wanted.includes(c.topic) : !schemas.includes(c.schemaName)) return false;
    const readable =
      schemas.includes(c.schemaName) &&
      c.messageEncoding === "protobuf" &&
      c.schemaEncoding === "protobuf";
    if (readable) return c.logTimesUs.length > 0;
    const why =
      `topic ${c.topic}: schema ${schemas.join(" or ")} in protobuf expected, ` +
      `found ${c.schemaName || "no schema"} in ${c.messageEncoding || "no encoding"} ` +
      `with a ${c.schemaEncoding || "missing"} schema`;
    if (wanted) throw new SourceError("SOURCE_ENCODING", why);
    rejected.push(why);
    return false;
  });
}

/** Of a camera that gives its picture as taken and rectified, the rectified one. */
function preferRectified(channels: readonly LogChannel[]): readonly LogChannel[] {
  const cameraOf = ({ topic }: LogChannel) => sensorFolder(topic);
  const rectified = channels.filter(({ topic }) => isRectifiedTopic(topic));
  const cameras = new Set(rectified.map(cameraOf));
  return channels.filter((c) => rectified.includes(c) || !cameras.has(cameraOf(c)));
}

/** Short names; where two topics would share one, the whole topic is the name. */
function named(channels: readonly LogChannel[]): SensorChannel[] {
  const names = channels.map((c) => sensorName(c.topic));
  return channels.map((channel, i) => ({
    name: names.filter((n) => n === names[i]).length > 1 ? channel.topic : names[i]!,
    channel,
  }));
}
