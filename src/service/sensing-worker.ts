/** Entry of the sensing thread: SensingQuestions in, SensingAnswers out, in order. */
import { parentPort } from "node:worker_threads";
import { BevInputBuilder } from "../bev/bev-input.ts";
import type { Observation } from "../contract/observation.ts";
import { loadSharp } from "../image/libvips.ts";
import { ObstacleDetector } from "../obstacles/detector.ts";
import { packField } from "./field-message.ts";
import { rehearse } from "./rehearsal.ts";
import type { SensingAnswer, SensingPart, SensingQuestion } from "./sensing-thread.ts";
import { tellableInput } from "./shared-memory.ts";

const port = parentPort;
if (!port) throw new Error("a worker thread expected, found the main thread");
// While nobody waits for this thread yet: a first PNG must not wait for it in a tick.
loadSharp().catch(() => undefined);
const builder = new BevInputBuilder();
const detector = new ObstacleDetector();
let isAsked = false;
let built: Promise<void> = Promise.resolve();
let found: Promise<void> = Promise.resolve();

port.on("message", (question: SensingQuestion) => {
  isAsked = true;
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

// While the model is loaded nobody asks. What fails here fails again where it is told.
rehearse(() => isAsked).catch(() => undefined);

async function answerInput(observation: Observation): Promise<void> {
  try {
    post({ part: "input", value: tellableInput(await builder.build(observation)) });
  } catch (error) {
    postError("input", error);
  }
}

function answerField(observation: Observation): void {
  try {
    post({ part: "field", value: packField(detector.update(observation)) });
  } catch (error) {
    postError("field", error);
  }
}

function post(answer: SensingAnswer): void {
  port!.postMessage(answer);
}

function postError(part: SensingPart, error: unknown): void {
  post({ part, error: error instanceof Error ? error : new Error(String(error)) });
}
