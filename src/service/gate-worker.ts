/** Entry of the gate's thread: it seals and publishes on a connection of its own. */
import { parentPort, workerData } from "node:worker_threads";
import { DecisionOutlet } from "../wire/decision-outlet.ts";
import { Sealer } from "../wire/seal.ts";
import { topicOf } from "../wire/topics.ts";
import { realClock } from "./clock.ts";
import { DecisionGate } from "./decision-gate.ts";
import { CHECK_MS, type FromGate, type GateSetup, shareState, type ToGate } from "./gate-thread.ts";

const REPORT_MS = 500;

const port = parentPort;
if (!port) throw new Error("a worker thread expected, found the main thread");
const { url, access, vehicle, key, epoch, shared } = workerData as GateSetup;
const outlet = await DecisionOutlet.connect(url, vehicle, access);
const sealer = new Sealer({ topic: topicOf(vehicle, "decision"), key, epoch });
const gate = new DecisionGate(sealer, (sealed) => outlet.send(sealed), realClock);
const say = (message: FromGate) => port.postMessage(message);
const report = () => {
  const { staleCount, pacedCount } = gate.state;
  say({ kind: "counts", ...outlet.counts, staleCount, pacedCount });
};
const checking = setInterval(() => {
  gate.check();
  shareState(shared, gate.state);
}, CHECK_MS);
const reporting = setInterval(report, REPORT_MS);
port.on("message", (message: ToGate) => {
  if (message.kind === "decision") {
    gate.pass(message);
    shareState(shared, gate.state);
    return;
  }
  clearInterval(checking);
  clearInterval(reporting);
  gate.disarm();
  void outlet.close().then(() => {
    report();
    say({ kind: "closed" });
    port.close();
  });
});
say({ kind: "open" });
