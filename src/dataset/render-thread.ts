import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import type { Scene } from "../contract/scene.ts";
import {
  type Rendered,
  type Renderer,
  type RenderTask,
  renderInPlace,
  renderTask,
} from "./render-tasks.ts";

/** Question to the thread, answered by `Rendered[]` or by what was thrown. */
export type RenderQuestion = { readonly scene: Scene; readonly tasks: readonly RenderTask[] };
export type RenderAnswer = { readonly rendered: Rendered[] } | { readonly error: Error };

/** A picture costs as much as so many of its pixels before the first one. */
const PICTURE_BASE_PX = 40_000;

/** About proportional to the time that a task takes; one for each pixel or beam. */
function costOf(task: RenderTask): number {
  if (task.kind === "lidar") return task.lidar.beamCount * task.lidar.azimuthCount;
  const { widthPx, heightPx } = task.camera.intrinsics;
  return widthPx * heightPx + PICTURE_BASE_PX;
}

/** Indices of the tasks for the two threads: the longest first, each to whom has less to do. */
export function shareOut(tasks: readonly RenderTask[]): [number[], number[]] {
  const longestFirst = tasks
    .map((task, index) => ({ index, cost: costOf(task) }))
    .sort((a, b) => b.cost - a.cost || a.index - b.index);
  const shares: [number[], number[]] = [[], []];
  const sums = [0, 0];
  for (const { index, cost } of longestFirst) {
    const to = sums[0]! <= sums[1]! ? 0 : 1;
    shares[to].push(index);
    sums[to] = sums[to]! + cost;
  }
  return shares;
}

type Waiting = { resolve(rendered: Rendered[]): void; reject(error: Error): void };

/**
 * Half of a tick's sensors in a thread of its own, the other half meanwhile in this one. Each answer
 * depends on its task and the scene alone, so the bytes are those of `renderInPlace`.
 */
class RenderThread implements Renderer {
  readonly #worker: Worker;
  #waiting: Waiting[] = [];
  #failure: Error | undefined;

  constructor(entry: string) {
    this.#worker = new Worker(entry);
    this.#worker.unref();
    this.#worker.on("message", (answer: RenderAnswer) => this.#settle(answer));
    this.#worker.on("error", (error) => this.#fail(error as Error));
    this.#worker.on("exit", (code) =>
      this.#fail(new Error(`the rendering thread ended with exit code ${code}`)),
    );
  }

  async render(scene: Scene, tasks: readonly RenderTask[]): Promise<Rendered[]> {
    const [there, here] = shareOut(tasks);
    if (here.length === 0) return renderInPlace.render(scene, tasks);
    const asked = this.#ask({ scene, tasks: there.map((i) => tasks[i]!) });
    const out = new Array<Rendered>(tasks.length);
    for (const i of here) out[i] = renderTask(scene, tasks[i]!);
    const answered = await asked;
    for (const [n, i] of there.entries()) out[i] = answered[n]!;
    return out;
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #ask(question: RenderQuestion): Promise<Rendered[]> {
    if (this.#failure) return Promise.reject(this.#failure);
    const asked = new Promise<Rendered[]>((resolve, reject) =>
      this.#waiting.push({ resolve, reject }),
    );
    // Awaited only after this thread's own share.
    asked.catch(() => undefined);
    // An unreferenced thread would let the process end while the answer is awaited.
    this.#worker.ref();
    this.#worker.postMessage(question);
    return asked;
  }

  #settle(answer: RenderAnswer): void {
    const waiting = this.#waiting.shift();
    if (this.#waiting.length === 0) this.#worker.unref();
    if ("error" in answer) waiting?.reject(answer.error);
    else waiting?.resolve(answer.rendered);
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failure);
  }
}

/** A thread where there are two cores and the compiled entry is there (the build), in place elsewhere. */
export const openRenderer = (
  entry = fileURLToPath(new URL("./render-worker.js", import.meta.url)),
): Renderer =>
  existsSync(entry) && availableParallelism() > 1 ? new RenderThread(entry) : renderInPlace;
