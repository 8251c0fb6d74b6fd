import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import type { Observation } from "../contract/observation.ts";
import type { ObstacleField } from "../contract/obstacle.ts";
import { ObstacleDetector } from "../obstacles/detector.ts";

/** Where obstacles are found: in this thread or in one of its own, with equal results. */
export type ObstacleRoom = {
  update(observation: Observation): ObstacleField | Promise<ObstacleField>;
  reset(): void;
  close(): Promise<void>;
};

type Waiting = {
  readonly resolve: (field: ObstacleField) => void;
  readonly reject: (error: Error) => void;
};

/**
 * ObstacleDetector in a thread of its own, so that it runs beside the networks. Answers come in the
 * order of the questions. A thread that fails or ends fails every question from then on, which the
 * pipeline answers with fault INTERNAL.
 */
export class ObstacleThread implements ObstacleRoom {
  readonly #worker: Worker;
  readonly #waiting: Waiting[] = [];
  #failure: Error | undefined;

  /** @param entry compiled obstacle-worker.js. */
  constructor(entry: string) {
    this.#worker = new Worker(entry);
    this.#worker.unref();
    this.#worker.on("message", (field: ObstacleField) => {
      this.#waiting.shift()?.resolve(field);
      if (this.#waiting.length === 0) this.#worker.unref();
    });
    this.#worker.on("error", (error) => this.#fail(error as Error));
    this.#worker.on("exit", (code) =>
      this.#fail(new Error(`the obstacle thread ended with exit code ${code}`)),
    );
  }

  update(observation: Observation): Promise<ObstacleField> {
    if (this.#failure) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      // An unreferenced thread would let the process end while the answer is awaited.
      this.#worker.ref();
      this.#waiting.push({ resolve, reject });
      // Pictures are not looked at here and are not copied across.
      this.#worker.postMessage({ ...observation, images: [] });
    });
  }

  reset(): void {
    this.#worker.postMessage("reset");
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
class ObstaclesInPlace implements ObstacleRoom {
  readonly #detector = new ObstacleDetector();

  update(observation: Observation): ObstacleField {
    return this.#detector.update(observation);
  }

  reset(): void {
    this.#detector.reset();
  }

  async close(): Promise<void> {}
}

/** A thread where the compiled entry is there (the build), in place where it is not (sources). */
export function openObstacles(
  entry = fileURLToPath(new URL("./obstacle-worker.js", import.meta.url)),
): ObstacleRoom {
  return existsSync(entry) ? new ObstacleThread(entry) : new ObstaclesInPlace();
}
