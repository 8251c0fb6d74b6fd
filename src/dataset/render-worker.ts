/** Entry of the rendering thread: RenderQuestions in, RenderAnswers out, in order. */
import { parentPort } from "node:worker_threads";
import { type Rendered, renderTask } from "./render-tasks.ts";
import type { RenderAnswer, RenderQuestion } from "./render-thread.ts";

const port = parentPort;
if (!port) throw new Error("a worker thread expected, found the main thread");

port.on("message", ({ scene, tasks }: RenderQuestion) => {
  try {
    const rendered = tasks.map((task) => renderTask(scene, task));
    post({ rendered }, rendered.flatMap(buffersOf));
  } catch (error) {
    post({ error: error instanceof Error ? error : new Error(String(error)) }, []);
  }
});

const buffersOf = (rendered: Rendered): ArrayBuffer[] =>
  (rendered.kind === "camera"
    ? [rendered.rgb.buffer]
    : [rendered.cloud.xyz.buffer, rendered.cloud.intensity.buffer]) as ArrayBuffer[];

function post(answer: RenderAnswer, buffers: ArrayBuffer[]): void {
  port!.postMessage(answer, buffers);
}
