/**
 * The Foxglove schemas that written drives and recordings use, field for field as published (MIT
 * licence, foxglove-sdk); a test compares them with the published ones.
 */
export const FOXGLOVE_PROTO = `
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
message RawImage {
  google.protobuf.Timestamp timestamp = 1; string frame_id = 7; fixed32 width = 2;
  fixed32 height = 3; string encoding = 4; fixed32 step = 5; bytes data = 6;
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
message Color { double r = 1; double g = 2; double b = 3; double a = 4; }
message Point3 { double x = 1; double y = 2; double z = 3; }
message KeyValuePair { string key = 1; string value = 2; }
message ArrowPrimitive {
  Pose pose = 1; double shaft_length = 2; double shaft_diameter = 3; double head_length = 4;
  double head_diameter = 5; Color color = 6;
}
message CubePrimitive { Pose pose = 1; Vector3 size = 2; Color color = 3; }
message SpherePrimitive { Pose pose = 1; Vector3 size = 2; Color color = 3; }
message CylinderPrimitive {
  Pose pose = 1; Vector3 size = 2; double bottom_scale = 3; double top_scale = 4; Color color = 5;
}
message LinePrimitive {
  enum Type { LINE_STRIP = 0; LINE_LOOP = 1; LINE_LIST = 2; }
  Type type = 1; Pose pose = 2; double thickness = 3; bool scale_invariant = 4;
  repeated Point3 points = 5; Color color = 6; repeated Color colors = 7;
  repeated fixed32 indices = 8;
}
message TriangleListPrimitive {
  Pose pose = 1; repeated Point3 points = 2; Color color = 3; repeated Color colors = 4;
  repeated fixed32 indices = 5;
}
message TextPrimitive {
  Pose pose = 1; bool billboard = 2; double font_size = 3; bool scale_invariant = 4;
  Color color = 5; string text = 6;
}
message ModelPrimitive {
  Pose pose = 1; Vector3 scale = 2; Color color = 3; bool override_color = 4; string url = 5;
  string media_type = 6; bytes data = 7;
}
message SceneEntity {
  google.protobuf.Timestamp timestamp = 1; string frame_id = 2; string id = 3;
  google.protobuf.Duration lifetime = 4; bool frame_locked = 5;
  repeated KeyValuePair metadata = 6; repeated ArrowPrimitive arrows = 7;
  repeated CubePrimitive cubes = 8; repeated SpherePrimitive spheres = 9;
  repeated CylinderPrimitive cylinders = 10; repeated LinePrimitive lines = 11;
  repeated TriangleListPrimitive triangles = 12; repeated TextPrimitive texts = 13;
  repeated ModelPrimitive models = 14;
}
message SceneEntityDeletion {
  enum Type { MATCHING_ID = 0; ALL = 1; }
  google.protobuf.Timestamp timestamp = 1; Type type = 2; string id = 3;
}
message SceneUpdate {
  repeated SceneEntityDeletion deletions = 1; repeated SceneEntity entities = 2;
}
message Log {
  enum Level { UNKNOWN = 0; DEBUG = 1; INFO = 2; WARNING = 3; ERROR = 4; FATAL = 5; }
  google.protobuf.Timestamp timestamp = 1; Level level = 2; string message = 3; string name = 4;
  string file = 5; fixed32 line = 6;
}
`;

/** What they import, by file name. */
export const WELL_KNOWN_PROTOS: Readonly<Record<string, string>> = {
  "google/protobuf/timestamp.proto": `
syntax = "proto3";
package google.protobuf;
message Timestamp { int64 seconds = 1; int32 nanos = 2; }
`,
  "google/protobuf/duration.proto": `
syntax = "proto3";
package google.protobuf;
message Duration { int64 seconds = 1; int32 nanos = 2; }
`,
};
