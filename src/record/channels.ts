/** Names in a recording; docs/recordings.md shows what each one holds. */
export const RECORDING_TOPICS = {
  decision: "/waywarden/decision",
  sealed: "/waywarden/sealed",
  figures: "/waywarden/figures",
  scene: "/waywarden/scene",
  bev: "/waywarden/bev",
  camera: "/waywarden/camera",
  calibration: "/waywarden/camera_info",
  points: "/waywarden/points",
  log: "/waywarden/log",
  transforms: "/tf",
} as const;

/** The frame of everything that is `ego`, and the fixed frame that the 3D view stands in. */
export const EGO_FRAME = "base_link";
export const FIXED_FRAME = "odom";
export const BEV_FRAME = "bev";

/** Metadata records: what ran, and how it ended. */
export const ABOUT_METADATA = "waywarden.run";
export const END_METADATA = "waywarden.end";
