/** Sensing thread of peer-side.ts: the service's without obstacles, which the peer does not find. */
import { parentPort } from "node:worker_threads";
import { BevInputBuilder } from "../src/bev/bev-input.ts";
import type { Observation } from "../src/contract/observation.ts";
import type { SensingAnswer, SensingQuestion } from "../src/service/sensing-thread.ts";

const port = parentPort;
if (!port) throw new Error("a worker thread expected, found the main thread");
const builder = new BevInputBuilder();
let built: Promise<void> = Promise.resolve();

port.on("message", (question: SensingQuestion) => {
  built = built.then(() => ("forget" in question ? builder.reset() : answer(question)));
});

async function answer(observation: Observation): Promise<void> {
  const input = await builder.build(observation);
  const pillars = input.pillars.slice();
  const images = input.images.slice();
  const lift = input.lift.slice();
  const buffers = [pillars.buffer, images.buffer, lift.buffer];
  post({ part: "input", value: { ...input, pillars, images, lift } }, buffers);
  post({ part: "field", error: new Error("obstacles are not found here") });
}

function post(found: SensingAnswer, buffers: ArrayBuffer[] = []): void {
  port!.postMessage(found, buffers);
}
