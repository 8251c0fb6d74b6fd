import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { RecordError } from "../contract/errors.ts";
import type { RecordedTick, RunAbout } from "../record/recorded-tick.ts";
import { FILM_EVERY_TICKS } from "../report/film.ts";
import {
  InstrumentDesk,
  type InstrumentOutcome,
  type InstrumentTargets,
  type RunEnd,
} from "./instrument-desk.ts";
import type { Tick } from "./pipeline.ts";

export type { InstrumentOutcome } from "./instrument-desk.ts";

type Method = "open" | "discard" | "start" | "add" | "end";
export type DeskCall = { readonly method: Method; readonly args: readonly unknown[] };
export type DeskAnswer =
  | { readonly kind: "done"; readonly value: unknown }
  | { readonly kind: "failed"; readonly code: string; readonly message: string }
  | { readonly kind: "say"; readonly text: string };

/** Makes one call after the other. */
interface Desk {
  call(method: Method, ...args: readonly unknown[]): Promise<unknown>;
  close(): Promise<void>;
}

/** Ticks under way at which pictures are left out. */
const PICTURES_BEHIND = 4;
/** Ticks under way at which whole ticks are left out, which bounds memory: half a minute. */
const TICKS_BEHIND = 300;

export type InstrumentOptions = InstrumentTargets & {
  /** true records the points of every sweep too. */
  readonly points: boolean;
  /** One line for a person. */
  readonly say: (text: string) => void;
  /** Compiled instrument-worker.js; the desk stands in this thread where it is not there. */
  readonly entry?: string;
};

/**
 * Recording and report of a run beside it: hands ticks to another thread and never lets a tick
 * wait, unless asked to. Behind, it leaves out pictures first and whole ticks last, counted.
 */
export class Instruments {
  readonly #desk: Desk;
  readonly #options: InstrumentOptions;
  readonly #underWay = new Set<Promise<unknown>>();
  #whenBehind: "drop" | "wait" = "drop";
  #unrecordedCount = 0;
  #picturesLeftOut = false;
  #failure: Error | undefined;
  #state: "open" | "started" | "ended" = "open";

  private constructor(desk: Desk, options: InstrumentOptions) {
    this.#desk = desk;
    this.#options = options;
  }

  /** @throws RecordError where a target cannot be written; nothing has started then. */
  static async open(options: InstrumentOptions): Promise<Instruments> {
    const entry =
      options.entry ?? fileURLToPath(new URL("./instrument-worker.js", import.meta.url));
    const desk = existsSync(entry)
      ? new DeskThread(entry, options.say)
      : new DeskInPlace(options.say);
    const { record, report, overwrite } = options;
    try {
      const targets = {
        ...(record === undefined ? {} : { record }),
        ...(report === undefined ? {} : { report }),
        overwrite,
      };
      await desk.call("open", targets);
    } catch (error) {
      await desk.close();
      throw error;
    }
    return new Instruments(desk, options);
  }

  /** `whenBehind`: a run that is not held to real time waits and so leaves nothing out. */
  async start(about: RunAbout, whenBehind: "drop" | "wait"): Promise<void> {
    this.#whenBehind = whenBehind;
    this.#state = "started";
    await this.#desk.call("start", about);
  }

  /** Takes a tick; answers when the next one may come. */
  async tick(tick: Tick, ageMs: number, sealed?: Uint8Array): Promise<void> {
    while (this.#whenBehind === "wait" && this.#underWay.size >= PICTURES_BEHIND)
      await Promise.race(this.#underWay);
    if (this.#failure || this.#underWay.size >= TICKS_BEHIND) {
      this.#unrecordedCount++;
      return;
    }
    const behind = this.#underWay.size >= PICTURES_BEHIND;
    if (behind && !this.#picturesLeftOut)
      this.#options.say("recording is behind: pictures are left out, decisions are not");
    this.#picturesLeftOut = behind;
    // A report shows few pictures; a recording has one of each tick.
    const wanted = this.#options.record !== undefined || tick.decision.id % FILM_EVERY_TICKS === 0;
    const withPictures = wanted && !behind;
    const copy = copyOf(tick, ageMs, sealed, withPictures, this.#options.points);
    const call = this.#desk
      .call("add", copy, withPictures)
      .catch((error: Error) => this.#fail(error))
      .finally(() => this.#underWay.delete(call));
    this.#underWay.add(call);
  }

  /** Writes what is under way and ends; `reason` is "complete" or why not. */
  async end(reason: string, facts: RunEnd["facts"] = {}): Promise<InstrumentOutcome> {
    this.#state = "ended";
    await Promise.all(this.#underWay);
    const end: RunEnd = { reason, unrecordedCount: this.#unrecordedCount, facts };
    const outcome = await this.#desk.call("end", end);
    if (this.#failure) throw this.#failure;
    return outcome as InstrumentOutcome;
  }

  /** Before a start nothing is left behind; without an end the run has failed. */
  async close(): Promise<void> {
    try {
      if (this.#state === "open") await this.#desk.call("discard");
      if (this.#state === "started") await this.end("the run failed");
    } finally {
      await this.#desk.close();
    }
  }

  #fail(error: Error): void {
    if (!this.#failure) this.#options.say(`recording failed: ${error.message}; decisions go on`);
    this.#failure ??= error;
  }
}

/**
 * What the desk needs, in memory of its own: a view into a log's chunk would take the whole chunk
 * along to the other thread.
 */
function copyOf(
  { observation, decision, bev, obstacles }: Tick,
  ageMs: number,
  sealed: Uint8Array | undefined,
  withPictures: boolean,
  withPoints: boolean,
): RecordedTick {
  const images = withPictures ? observation.images.slice(0, 1) : [];
  const sweeps = withPictures && withPoints ? observation.sweeps : [];
  return {
    observation: {
      ...observation,
      images: images.map((image) => ({ ...image, data: new Uint8Array(image.data) })),
      sweeps: sweeps.map((sweep) => ({
        ...sweep,
        xyz: sweep.xyz.slice(),
        intensity: sweep.intensity.slice(),
      })),
    },
    decision,
    ...(sealed ? { sealed: sealed.slice() } : {}),
    ageMs,
    ...(bev && withPictures ? { bev: { ...bev, data: bev.data.slice() } } : {}),
    ...(obstacles ? { obstacles: { ...obstacles, untrackedXyz: new Float32Array(0) } } : {}),
  };
}

class DeskThread implements Desk {
  readonly #worker: Worker;
  readonly #waiting: { resolve: (value: unknown) => void; reject: (error: Error) => void }[] = [];
  #failure: Error | undefined;

  constructor(entry: string, say: (text: string) => void) {
    this.#worker = new Worker(entry);
    this.#worker.on("message", (answer: DeskAnswer) => {
      if (answer.kind === "say") return say(answer.text);
      const waiting = this.#waiting.shift();
      if (answer.kind === "done") waiting?.resolve(answer.value);
      else waiting?.reject(new RecordError(answer.code, answer.message));
    });
    this.#worker.on("error", (error) => this.#fail(error as Error));
    this.#worker.on("exit", (code) =>
      this.#fail(new Error(`the recording thread ended with exit code ${code}`)),
    );
  }

  call(method: Method, ...args: readonly unknown[]): Promise<unknown> {
    if (this.#failure) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#worker.postMessage({ method, args } satisfies DeskCall);
    });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failure);
  }
}

/** In this thread; what tests from source use. */
class DeskInPlace implements Desk {
  readonly #desk: InstrumentDesk;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(say: (text: string) => void) {
    this.#desk = new InstrumentDesk(say);
  }

  call(method: Method, ...args: readonly unknown[]): Promise<unknown> {
    const act = this.#desk[method].bind(this.#desk) as (...given: unknown[]) => Promise<unknown>;
    const answer = this.#queue.then(() => act(...args));
    this.#queue = answer.catch(() => undefined);
    return answer;
  }

  async close(): Promise<void> {
    await this.#queue;
  }
}
