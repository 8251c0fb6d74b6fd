/** Entry of the sensing thread: SensingQuestions in, SensingAnswers out, in order. */
import { parentPort } from "node:worker_threads";
import { type BevInput, BevInputBuilder } from "../bev/bev-input.ts";
import type { Observation } from "../contract/observation.ts";
import { loadSharp } from "../image/libvips.ts";
import { ObstacleDetector } from "../obstacles/detector.ts";
import type { SensingAnswer, SensingPart, SensingQuestion } from "./sensing-thread.ts";

const port = parentPort;
if (!port) throw new Error("a worker thread expected, found the main thread");
// While nobody waits for this thread yet: a first PNG must not wait for it in a tick.
loadSharp().catch(() => undefined);
const builder = new BevInputBuilder();
const detector = new ObstacleDetector();
let built: Promise<void> = Promise.resolve();
let found: Promise<void> = Promise.resolve();

port.on("message", (question: SensingQuestion) => {
  if ("forget" in question) {
    if (question.forget === "input") built = built.then(() => builder.reset());
    else found = found.then(() => detector.reset());
    return;
  }
  // Obstacles wait for the input, which the networks wait for; the next pictures do not wait for
  // obstacles, since they are decoded on other threads.
  const input = built.then(() => answerInput(question));
  built = input;
  found = Promise.all([found, input]).then(() => answerField(question));
});

async function answerInput(observation: Observation): Promise<void> {
  try {
    const { value, buffers } = ownInput(await builder.build(observation));
    post({ part: "input", value }, buffers);
  } catch (error) {
    postError("input", error);
  }
}

function answerField(observation: Observation): void {
  try {
    const value = detector.update(observation);
    // The detector keeps no hold of these points, which are most of a field.
    post({ part: "field", value }, [value.untrackedXyz.buffer as ArrayBuffer]);
  } catch (error) {
    postError("field", error);
  }
}

/** The builder reuses its arrays, so they are copied before they are given away. */
function ownInput(input: BevInput): { value: BevInput; buffers: ArrayBuffer[] } {
  const pillars = input.pillars.slice();
  const images = input.images.slice();
  const lift = input.lift.slice();
  const buffers = [pillars.buffer, images.buffer, lift.buffer];
  return { value: { ...input, pillars, images, lift }, buffers };
}

function post(answer: SensingAnswer, buffers: ArrayBuffer[] = []): void {
  port!.postMessage(answer, buffers);
}

function postError(part: SensingPart, error: unknown): void {
  post({ part, error: error instanceof Error ? error : new Error(String(error)) });
}
