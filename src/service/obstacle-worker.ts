/** Entry of the obstacle thread: Observations (or "reset") in, ObstacleFields out, in order. */
import { parentPort } from "node:worker_threads";
import type { Observation } from "../contract/observation.ts";
import { ObstacleDetector } from "../obstacles/detector.ts";

const port = parentPort;
if (!port) throw new Error("a worker thread expected, found the main thread");
const detector = new ObstacleDetector();
port.on("message", (message: Observation | "reset") => {
  if (message === "reset") detector.reset();
  else port.postMessage(detector.update(message));
});
