import { describe, expect, test } from "vitest";
import { Graph, type GraphSpec } from "./session.ts";
import { tinyOnnx } from "./tiny-onnx.fixture.ts";

const SPEC: GraphSpec = {
  inputs: [{ name: "x", type: "float32", dims: [-1] }],
  outputs: [{ name: "y", type: "float32", dims: [2] }],
};
const aLogarithm = (dims: readonly (number | string)[] = ["n"]) =>
  tinyOnnx({
    nodes: [{ op: "Log", inputs: ["x"], output: "y" }],
    inputs: [{ name: "x", type: "float32", dims }],
    outputs: [{ name: "y", type: "float32", dims }],
  });
const open = (bytes = aLogarithm(), spec = SPEC) =>
  Graph.open("log.onnx", bytes, spec, { threads: 1 });
const x = (...values: number[]) => ({
  x: { type: "float32", data: Float32Array.from(values), dims: [values.length] } as const,
});

describe("what a graph gives is checked", () => {
  test("finite numbers of the right shape are passed on", async () => {
    const graph = await open();
    const run = await graph.run(x(1, Math.E), 7);
    expect(run.ok && Array.from(run.value.y as Float32Array)).toEqual([0, expect.closeTo(1, 6)]);
    await graph.close();
  });

  test.each([
    ["NaN", -1, /log\.onnx output y: finite numbers expected, found NaN at 1$/],
    ["infinity", 0, /log\.onnx output y: finite numbers expected, found -Infinity at 1$/],
  ])("%s is MODEL_OUTPUT_NON_FINITE and says where", async (_name, bad, detail) => {
    const graph = await open();
    const run = await graph.run(x(1, bad), 7);
    expect(run).toMatchObject({
      ok: false,
      fault: {
        code: "MODEL_OUTPUT_NON_FINITE",
        stampUs: 7,
        detail: expect.stringMatching(detail),
      },
    });
    await graph.close();
  });

  test("another shape than the card's is MODEL_OUTPUT_SHAPE and says both", async () => {
    const graph = await open();
    const run = await graph.run(x(1, 1, 1), 7);
    expect(run).toMatchObject({
      ok: false,
      fault: {
        code: "MODEL_OUTPUT_SHAPE",
        detail: "log.onnx output y: float32[2] expected, found float32[3]",
      },
    });
    await graph.close();
  });
});

describe("a graph of another signature is refused when opened", () => {
  const refused = (bytes: Uint8Array, spec: GraphSpec, message: RegExp) =>
    expect(open(bytes, spec)).rejects.toMatchObject({
      code: "MODEL_SHAPE",
      message: expect.stringMatching(message),
    });

  test("a fixed dimension that differs", () =>
    refused(aLogarithm([3]), SPEC, /output "y" float32\[2\] expected, found float32\[3\]$/));

  test("another element type", () =>
    refused(
      aLogarithm(),
      { ...SPEC, inputs: [{ name: "x", type: "uint8", dims: [-1] }] },
      /input "x" uint8\[-1\] expected, found float32\[n?\]/,
    ));

  test("a name that is not there", () =>
    refused(
      aLogarithm(),
      { ...SPEC, outputs: [{ name: "z", type: "float32", dims: [2] }] },
      /output "z" float32\[2\] expected, found only: y$/,
    ));

  test("one input too many", () =>
    refused(
      tinyOnnx({
        nodes: [{ op: "Add", inputs: ["x", "w"], output: "y" }],
        inputs: ["x", "w"].map((name) => ({ name, type: "float32", dims: ["n"] })),
        outputs: [{ name: "y", type: "float32", dims: ["n"] }],
      }),
      SPEC,
      /1 inputs expected, found x, w$/,
    ));
});
