/** Entry of the instrument thread: calls of InstrumentDesk in, their answers out, in order. */
import { parentPort } from "node:worker_threads";
import { WaywardenError } from "../contract/errors.ts";
import { InstrumentDesk } from "./instrument-desk.ts";
import type { DeskAnswer, DeskCall } from "./instruments.ts";

const port = parentPort;
if (!port) throw new Error("a worker thread expected, found the main thread");
const post = (answer: DeskAnswer): void => port.postMessage(answer);
const desk = new InstrumentDesk((text) => post({ kind: "say", text }));
let queue = Promise.resolve();
port.on("message", (call: DeskCall) => {
  queue = queue.then(() => answerTo(call)).then(post);
});

async function answerTo({ method, args }: DeskCall): Promise<DeskAnswer> {
  try {
    const value = await (desk[method] as (...given: unknown[]) => Promise<unknown>)(...args);
    return { kind: "done", value };
  } catch (error) {
    const code = error instanceof WaywardenError ? error.code : "INTERNAL";
    const message = error instanceof Error ? error.message : String(error);
    return { kind: "failed", code, message };
  }
}
