import protobuf from "protobufjs";
import descriptor from "protobufjs/ext/descriptor.js";
import { FOXGLOVE_PROTO, WELL_KNOWN_PROTOS } from "./foxglove-proto.ts";

const root = new protobuf.Root();
for (const text of [...Object.values(WELL_KNOWN_PROTOS), FOXGLOVE_PROTO])
  protobuf.parse(text, root, { keepCase: true });
root.resolveAll();

export const WRITTEN_SCHEMAS = [
  "foxglove.CompressedImage",
  "foxglove.RawImage",
  "foxglove.CameraCalibration",
  "foxglove.PointCloud",
  "foxglove.FrameTransform",
  "foxglove.FrameTransforms",
  "foxglove.PoseInFrame",
  "foxglove.LocationFix",
  "foxglove.SceneUpdate",
  "foxglove.Log",
] as const;
export type WrittenSchema = (typeof WRITTEN_SCHEMAS)[number];

/** FileDescriptorSet with every schema above and what they import, for an MCAP schema record. */
export function foxgloveDescriptorSet(): Uint8Array {
  // The converter puts a whole package in one file and leaves imports out; strict readers need
  // each well-known type in the file of its name.
  const ours = (root.toDescriptor("proto3").file ?? []).filter((f) => f.package === "foxglove");
  for (const file of ours) file.dependency = Object.keys(WELL_KNOWN_PROTOS);
  const imported = Object.entries(WELL_KNOWN_PROTOS).flatMap(([name, text]) => {
    const [file] = protobuf.parse(text, new protobuf.Root()).root.toDescriptor("proto3").file ?? [];
    return file ? [Object.assign(file, { name })] : [];
  });
  return descriptor.FileDescriptorSet.encode({ file: [...imported, ...ours] }).finish();
}

/** Encodes one message; field names as in the schema (snake_case). */
export const encodeFoxglove = (
  schema: WrittenSchema,
  fields: Readonly<Record<string, unknown>>,
): Uint8Array => {
  const type = root.lookupType(schema);
  return type.encode(type.fromObject({ ...fields })).finish();
};
