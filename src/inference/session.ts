import * as ort from "onnxruntime-node";
import { ModelError } from "../contract/errors.ts";
import { bad, type Checked, ok } from "../contract/fault.ts";

/** Element types that our graphs use. */
export type TensorData = Uint8Array | Int32Array | Float32Array | BigInt64Array;
export type TensorType = "uint8" | "int32" | "float32" | "int64";
export type NamedTensor = {
  readonly type: TensorType;
  readonly data: TensorData;
  readonly dims: readonly number[];
};

/** Expected input or output of a graph; −1 stands for a dimension that varies. */
export type TensorSpec = {
  readonly name: string;
  readonly type: TensorType;
  readonly dims: readonly number[];
};
export type GraphSpec = {
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
};

export type GraphOptions = {
  readonly threads: number;
  /**
   * The graph runs once in a while: weights stay as small as they are stored and are widened at each
   * run, and no memory is kept between runs. `text` takes 65 MB less and opens in half the time.
   */
  readonly seldom?: boolean;
};

/** One ONNX graph whose inputs and outputs have been checked against what the code expects. */
export class Graph {
  readonly #session: ort.InferenceSession;
  readonly #spec: GraphSpec;
  readonly #path: string;

  private constructor(session: ort.InferenceSession, spec: GraphSpec, path: string) {
    this.#session = session;
    this.#spec = spec;
    this.#path = path;
  }

  static async open(
    path: string,
    bytes: Uint8Array,
    spec: GraphSpec,
    options: GraphOptions,
  ): Promise<Graph> {
    let session: ort.InferenceSession;
    try {
      session = await ort.InferenceSession.create(bytes, {
        intraOpNumThreads: options.threads,
        interOpNumThreads: 1,
        executionMode: "sequential",
        graphOptimizationLevel: options.seldom ? "disabled" : "all",
        enableCpuMemArena: !options.seldom,
        logSeverityLevel: 3,
      });
    } catch (cause) {
      throw new ModelError(
        "MODEL_UNREADABLE",
        `${path}: an ONNX graph expected: ${String(cause)}`,
        {
          cause,
        },
      );
    }
    try {
      check(path, "input", spec.inputs, session.inputMetadata);
      check(path, "output", spec.outputs, session.outputMetadata);
    } catch (error) {
      await session.release();
      throw error;
    }
    return new Graph(session, spec, path);
  }

  /**
   * Runs the graph. Returns outputs by name, or the fault MODEL_OUTPUT_SHAPE / …_NON_FINITE.
   * Float outputs are checked for NaN and infinity.
   */
  async run(
    inputs: Readonly<Record<string, NamedTensor>>,
    stampUs: number,
  ): Promise<Checked<Readonly<Record<string, TensorData>>>> {
    const feeds: Record<string, ort.Tensor> = {};
    for (const [name, t] of Object.entries(inputs))
      feeds[name] = new ort.Tensor(t.type, t.data as Float32Array, t.dims);
    const results = await this.#session.run(feeds);
    const value: Record<string, TensorData> = {};
    for (const spec of this.#spec.outputs) {
      const tensor = results[spec.name];
      if (!tensor || !dimsFit(spec.dims, tensor.dims) || tensor.type !== spec.type)
        return bad({
          code: "MODEL_OUTPUT_SHAPE",
          detail: `${this.#path} output ${spec.name}: ${spec.type}[${spec.dims}] expected, found ${tensor?.type}[${tensor?.dims}]`,
          stampUs,
        });
      const data = tensor.data as TensorData;
      const at = data instanceof Float32Array ? firstNonFinite(data) : -1;
      if (at >= 0)
        return bad({
          code: "MODEL_OUTPUT_NON_FINITE",
          detail: `${this.#path} output ${spec.name}: finite numbers expected, found ${data[at]} at ${at}`,
          stampUs,
        });
      value[spec.name] = data;
    }
    return ok(value);
  }

  async close(): Promise<void> {
    await this.#session.release();
  }
}

function firstNonFinite(data: Float32Array): number {
  for (let i = 0; i < data.length; i++) if (!Number.isFinite(data[i]!)) return i;
  return -1;
}

const dimsFit = (expected: readonly number[], found: readonly (number | string)[]): boolean =>
  expected.length === found.length &&
  expected.every((d, i) => d === -1 || typeof found[i] === "string" || found[i] === d);

function check(
  path: string,
  side: "input" | "output",
  specs: readonly TensorSpec[],
  metadata: readonly ort.InferenceSession.ValueMetadata[],
): void {
  for (const spec of specs) {
    const found = metadata.find((m) => m.name === spec.name);
    const wanted = `${spec.type}[${spec.dims.join(",")}]`;
    if (!found?.isTensor) {
      const names = metadata.map((m) => m.name).join(", ");
      throw new ModelError(
        "MODEL_SHAPE",
        `${path}: ${side} "${spec.name}" ${wanted} expected, found only: ${names}`,
      );
    }
    if (found.type !== spec.type || !dimsFit(spec.dims, found.shape))
      throw new ModelError(
        "MODEL_SHAPE",
        `${path}: ${side} "${spec.name}" ${wanted} expected, found ${found.type}[${found.shape.join(",")}]`,
      );
  }
  if (side === "input" && metadata.length !== specs.length)
    throw new ModelError(
      "MODEL_SHAPE",
      `${path}: ${specs.length} inputs expected, found ${metadata.map((m) => m.name).join(", ")}`,
    );
}
