import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { type BevInput, BevInputBuilder } from "../bev/bev-input.ts";
import type { BevInputs } from "../bev/perception.ts";
import type { Observation } from "../contract/observation.ts";
import type { ObstacleField } from "../contract/obstacle.ts";
import { ObstacleDetector } from "../obstacles/detector.ts";
import { type FieldMessage, unpackField } from "./field-message.ts";
import { tellable } from "./shared-memory.ts";

/** What depends on the sensors alone, with equal results in this thread and in one of its own. */
export type Senses = {
  readonly inputs: BevInputs;
  readonly obstacles: {
    update(observation: Observation): ObstacleField | Promise<ObstacleField>;
    reset(): void;
  };
  /**
   * Begins what `inputs` and `obstacles` will be asked for. Optional; observations must come in the
   * order in which they are asked for.
   */
  prepare(observation: Observation): void;
  reset(): void;
  close(): Promise<void>;
};

/** Question to the thread: an observation to sense, or something to forget. */
export type SensingQuestion = Observation | { readonly forget: SensingPart };
export type SensingPart = "input" | "field";
/** Each observation is answered by its input, then by its field. */
export type SensingAnswer =
  | { readonly part: "input"; readonly value: BevInput }
  | { readonly part: "field"; readonly value: FieldMessage }
  | { readonly part: SensingPart; readonly error: Error };

type Begun = { input?: Promise<BevInput>; field?: Promise<ObstacleField> };
type Waiting<T> = { resolve(value: T): void; reject(error: Error): void };

/** What a tick leaves behind is small objects; Node's own choice of 48 would never be given back. */
const YOUNG_GENERATION_MB = 12;
/** Who asks for one part only leaves the other one; that many are kept. */
const BEGUN_MAX = 4;

/**
 * Network input and obstacles made in a thread of its own, beside the networks. Answers come in the
 * order of the questions. What throws there is thrown here; a thread that ends fails every question
 * from then on. The pipeline makes INTERNAL of both.
 */
export class SensingThread implements Senses {
  readonly inputs: BevInputs = {
    build: (observation) => this.#take(observation, "input"),
    reset: () => this.#forget("input"),
  };
  readonly obstacles = {
    update: (observation: Observation) => this.#take(observation, "field"),
    reset: () => this.#forget("field"),
  };
  readonly #worker: Worker;
  readonly #inputs: Waiting<BevInput>[] = [];
  readonly #fields: Waiting<ObstacleField>[] = [];
  /** By observation id, oldest first; an entry goes when both of its parts were taken. */
  readonly #begun = new Map<number, Begun>();
  #failure: Error | undefined;

  /** @param entry compiled sensing-worker.js. */
  constructor(entry: string) {
    this.#worker = new Worker(entry, {
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    });
    this.#worker.unref();
    this.#worker.on("message", (answer: SensingAnswer) => this.#settle(answer));
    this.#worker.on("error", (error) => this.#fail(error as Error));
    this.#worker.on("exit", (code) =>
      this.#fail(new Error(`the sensing thread ended with exit code ${code}`)),
    );
  }

  prepare(observation: Observation): void {
    if (!this.#begun.has(observation.id)) this.#begin(observation);
  }

  reset(): void {
    this.inputs.reset();
    this.obstacles.reset();
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #begin(observation: Observation): Begun {
    const begun: Begun = {
      input: new Promise((resolve, reject) => this.#inputs.push({ resolve, reject })),
      field: new Promise((resolve, reject) => this.#fields.push({ resolve, reject })),
    };
    // Taken later or never; until then a rejection must not count as unhandled.
    for (const part of Object.values(begun)) part.catch(() => undefined);
    this.#begun.set(observation.id, begun);
    for (const id of this.#begun.keys()) if (this.#begun.size > BEGUN_MAX) this.#begun.delete(id);
    if (this.#failure) this.#fail(this.#failure);
    else {
      // An unreferenced thread would let the process end while the answer is awaited.
      this.#worker.ref();
      this.#worker.postMessage(tellable(observation));
    }
    return begun;
  }

  #take<P extends SensingPart>(observation: Observation, part: P): NonNullable<Begun[P]> {
    const known = this.#begun.get(observation.id);
    const begun = known?.[part] ? known : this.#begin(observation);
    const taken = begun[part]!;
    delete begun[part];
    if (!begun.input && !begun.field) this.#begun.delete(observation.id);
    return taken;
  }

  #forget(part: SensingPart): void {
    this.#begun.clear();
    this.#worker.postMessage({ forget: part } satisfies SensingQuestion);
  }

  #settle(answer: SensingAnswer): void {
    const waiting = answer.part === "input" ? this.#inputs.shift() : this.#fields.shift();
    if ("error" in answer) waiting?.reject(answer.error);
    else {
      const value = answer.part === "field" ? unpackField(answer.value) : answer.value;
      (waiting as Waiting<BevInput | ObstacleField>).resolve(value);
    }
    if (this.#fields.length === 0) this.#worker.unref();
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of [...this.#inputs.splice(0), ...this.#fields.splice(0)])
      reject(this.#failure);
  }
}

/** In this thread; what tests from source use. */
class SensesInPlace implements Senses {
  readonly inputs = new BevInputBuilder();
  readonly obstacles = new ObstacleDetector();

  prepare(): void {}

  reset(): void {
    this.inputs.reset();
    this.obstacles.reset();
  }

  async close(): Promise<void> {}
}

/** A thread where the compiled entry is there (the build), in place where it is not (sources). */
export function openSenses(
  entry = fileURLToPath(new URL("./sensing-worker.js", import.meta.url)),
): Senses {
  return existsSync(entry) ? new SensingThread(entry) : new SensesInPlace();
}
