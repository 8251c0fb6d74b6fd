import protobuf from "protobufjs";
import descriptor from "protobufjs/ext/descriptor.js";

/**
 * The few Foxglove schemas that a written drive uses, field for field as published (MIT licence,
 * foxglove-sdk); a test compares them with the published ones.
 */
const FOXGLOVE_PROTO = `
syntax = "proto3";
package foxglove;
message Vector3 { double x = 1; double y = 2; double z = 3; }
message Quaternion { double x = 1; double y = 2; double z = 3; double w = 4; }
message Pose { Vector3 position = 1; Quaternion orientation = 2; }
message PackedElementField {
  enum NumericType {
    UNKNOWN = 0; UINT8 = 1; INT8 = 2; UINT16 = 3; INT16 = 4;
    UINT32 = 5; INT32 = 6; FLOAT32 = 7; FLOAT64 = 8;
  }
  string name = 1; fixed32 offset = 2; NumericType type = 3;
}
message CompressedImage {
  google.protobuf.Timestamp timestamp = 1; string frame_id = 4; bytes data = 2; string format = 3;
}
message CameraCalibration {
  google.protobuf.Timestamp timestamp = 1; string frame_id = 9;
  fixed32 width = 2; fixed32 height = 3; string distortion_model = 4;
  repeated double D = 5; repeated double K = 6; repeated double R = 7; repeated double P = 8;
}
message PointCloud {
  google.protobuf.Timestamp timestamp = 1; string frame_id = 2; Pose pose = 3;
  fixed32 point_stride = 4; repeated PackedElementField fields = 5; bytes data = 6;
}
message FrameTransform {
  google.protobuf.Timestamp timestamp = 1; string parent_frame_id = 2; string child_frame_id = 3;
  Vector3 translation = 4; Quaternion rotation = 5;
}
message FrameTransforms { repeated FrameTransform transforms = 1; }
message PoseInFrame {
  google.protobuf.Timestamp timestamp = 1; string frame_id = 2; Pose pose = 3;
}
message LocationFix {
  enum PositionCovarianceType { UNKNOWN = 0; APPROXIMATED = 1; DIAGONAL_KNOWN = 2; KNOWN = 3; }
  google.protobuf.Timestamp timestamp = 6; string frame_id = 7;
  double latitude = 1; double longitude = 2; double altitude = 3;
  repeated double position_covariance = 4; PositionCovarianceType position_covariance_type = 5;
}
`;
const TIMESTAMP_PROTO = `
syntax = "proto3";
package google.protobuf;
message Timestamp { int64 seconds = 1; int32 nanos = 2; }
`;

const TIMESTAMP_FILE = "google/protobuf/timestamp.proto";

const root = new protobuf.Root();
for (const text of [TIMESTAMP_PROTO, FOXGLOVE_PROTO])
  protobuf.parse(text, root, { keepCase: true });
root.resolveAll();

export const WRITTEN_SCHEMAS = [
  "foxglove.CompressedImage",
  "foxglove.CameraCalibration",
  "foxglove.PointCloud",
  "foxglove.FrameTransform",
  "foxglove.FrameTransforms",
  "foxglove.PoseInFrame",
  "foxglove.LocationFix",
] as const;
export type WrittenSchema = (typeof WRITTEN_SCHEMAS)[number];

/** FileDescriptorSet with every schema above and what they import, for an MCAP schema record. */
export function foxgloveDescriptorSet(): Uint8Array {
  const set = root.toDescriptor("proto3");
  // The converter names files by package and leaves imports out; strict readers need both.
  for (const file of set.file ?? []) {
    if (file.package === "google.protobuf") file.name = TIMESTAMP_FILE;
    else file.dependency = [TIMESTAMP_FILE];
  }
  return descriptor.FileDescriptorSet.encode(set).finish();
}

/** Encodes one message; field names as in the schema (snake_case). */
export const encodeFoxglove = (
  schema: WrittenSchema,
  fields: Readonly<Record<string, unknown>>,
): Uint8Array => {
  const type = root.lookupType(schema);
  return type.encode(type.fromObject({ ...fields })).finish();
};
