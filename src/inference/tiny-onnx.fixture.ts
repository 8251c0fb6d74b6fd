/** ONNX graphs of a few nodes, written by hand so that tests can have outputs of any kind. */

const ELEMENT_TYPES = { float32: 1, uint8: 2, int32: 6, int64: 7 } as const;
type ElementType = keyof typeof ELEMENT_TYPES;

/** A dimension that is a name varies. */
export type TinyValue = {
  readonly name: string;
  readonly type: ElementType;
  readonly dims: readonly (number | string)[];
};
export type TinyNode = {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly output: string;
  /** Integer attributes; a list stands for ints. */
  readonly attributes?: Readonly<Record<string, number | readonly number[]>>;
};
export type TinyGraph = {
  readonly nodes: readonly TinyNode[];
  readonly inputs: readonly TinyValue[];
  readonly outputs: readonly TinyValue[];
};

function varint(value: number): number[] {
  const out: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 127n; rest >>= 7n) out.push(Number(rest & 127n) | 128);
  return [...out, Number(rest)];
}
const int = (field: number, value: number) => [...varint(field << 3), ...varint(value)];
const bytes = (field: number, value: readonly number[]) => [
  ...varint((field << 3) | 2),
  ...varint(value.length),
  ...value,
];
const text = (field: number, value: string) => bytes(field, [...Buffer.from(value)]);

const attribute = (name: string, value: number | readonly number[]) =>
  typeof value === "number"
    ? [...text(1, name), ...int(3, value), ...int(20, 2)]
    : [...text(1, name), ...value.flatMap((v) => int(8, v)), ...int(20, 7)];

const node = ({ op, inputs, output, attributes = {} }: TinyNode) => [
  ...inputs.flatMap((name) => text(1, name)),
  ...text(2, output),
  ...text(4, op),
  ...Object.entries(attributes).flatMap(([name, value]) => bytes(5, attribute(name, value))),
];

function valueInfo({ name, type, dims }: TinyValue) {
  const shape = dims.flatMap((d) => bytes(1, typeof d === "number" ? int(1, d) : text(2, d)));
  const tensor = [...int(1, ELEMENT_TYPES[type]), ...bytes(2, shape)];
  return [...text(1, name), ...bytes(2, bytes(1, tensor))];
}

/** ModelProto bytes, IR 8, opset 11. */
export function tinyOnnx({ nodes, inputs, outputs }: TinyGraph): Uint8Array {
  const graph = [
    ...nodes.flatMap((n) => bytes(1, node(n))),
    ...text(2, "tiny"),
    ...inputs.flatMap((v) => bytes(11, valueInfo(v))),
    ...outputs.flatMap((v) => bytes(12, valueInfo(v))),
  ];
  return Uint8Array.from([
    ...int(1, 8),
    ...bytes(7, graph),
    ...bytes(8, [...text(1, ""), ...int(2, 11)]),
  ]);
}

/**
 * A planner graph that reads only the mask: the first legal token of each slot, and as logits the
 * mask itself (all finite) or its logarithm (NaN and −infinity).
 */
export function tinyPlanner(vocabularySize: number, logits: "finite" | "nan"): Uint8Array {
  const finite = { op: "Unsqueeze", inputs: ["mask"], output: "logits", attributes: { axes: [0] } };
  const nan = [
    { op: "Log", inputs: ["mask"], output: "log" },
    { ...finite, inputs: ["log"] },
  ];
  return tinyOnnx({
    nodes: [
      {
        op: "ArgMax",
        inputs: ["mask"],
        output: "best",
        attributes: { axis: 1, keepdims: 0 },
      },
      { op: "Unsqueeze", inputs: ["best"], output: "tokens", attributes: { axes: [0] } },
      ...(logits === "nan" ? nan : [finite]),
    ],
    inputs: [
      { name: "bev", type: "uint8", dims: [1, 12, 128, 64] },
      { name: "text", type: "float32", dims: [1, "words", 384] },
      { name: "state", type: "int64", dims: [1, 8] },
      { name: "mask", type: "float32", dims: [19, vocabularySize] },
      { name: "guess", type: "int64", dims: [1, 19] },
    ],
    outputs: [
      { name: "tokens", type: "int64", dims: [1, 19] },
      { name: "logits", type: "float32", dims: [1, 19, vocabularySize] },
    ],
  });
}
