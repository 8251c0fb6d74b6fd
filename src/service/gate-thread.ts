import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { WaywardenError, WireError } from "../contract/errors.ts";
import type { BrokerAccess } from "../wire/broker-access.ts";
import type { OutletCounts } from "../wire/decision-outlet.ts";
import type { Alarm, GateDecision, GateState } from "./decision-gate.ts";

/** How often the gate looks whether the main loop is silent. */
export const CHECK_MS = 10;
const CLOSE_MS = 5000;

export type GateSetup = {
  /** Broker URL. */
  readonly url: string;
  /** User, password, certificates; what the environment says unless given. */
  readonly access?: BrokerAccess;
  readonly vehicle: string;
  /** [32] bytes. */
  readonly key: Uint8Array;
  /** [8] bytes. */
  readonly epoch: Uint8Array;
  /** [alarm, 1 in a minimal-risk maneuver, blind decisions], read across threads without waiting. */
  readonly shared: Int32Array;
};

/** What became of the decisions so far. */
export type GateCounts = OutletCounts & Pick<GateState, "staleCount" | "pacedCount">;
export type ToGate = ({ readonly kind: "decision" } & GateDecision) | { readonly kind: "close" };
export type FromGate =
  | { readonly kind: "open" | "closed" }
  | ({ readonly kind: "counts" } & GateCounts);

export function shareState(shared: Int32Array, { alarm, blindCount, mrm }: GateState): void {
  Atomics.store(shared, 1, mrm ? 1 : 0);
  Atomics.store(shared, 2, blindCount);
  Atomics.store(shared, 0, alarm);
}

/**
 * DecisionGate in a thread of its own: it lives on when the main loop is blocked. When the thread
 * itself breaks nothing can be published any more, so `onFailure` must end the drive.
 */
export class GateThread {
  readonly #worker: Worker;
  readonly #shared: Int32Array;
  #counts: GateCounts = { published: 0, dropped: 0, staleCount: 0, pacedCount: 0 };
  #closed: (() => void) | undefined;

  private constructor(worker: Worker, shared: Int32Array) {
    this.#worker = worker;
    this.#shared = shared;
  }

  /** @throws WireError, WaywardenError GATE_FAILED when the thread cannot connect or start. */
  static async open(
    setup: Omit<GateSetup, "shared">,
    onFailure: (error: WaywardenError) => void,
    entry = fileURLToPath(new URL("./gate-worker.js", import.meta.url)),
  ): Promise<GateThread> {
    const shared = new Int32Array(new SharedArrayBuffer(12));
    const worker = new Worker(entry, { workerData: { ...setup, shared } });
    const gate = new GateThread(worker, shared);
    await new Promise<void>((resolve, reject) => {
      let opened = false;
      const fail = (error: WaywardenError) => (opened ? onFailure(error) : reject(error));
      worker.on("message", (message: FromGate) => {
        if (message.kind === "open") {
          opened = true;
          resolve();
        } else if (message.kind === "counts") gate.#counts = message;
        else gate.#closed?.();
      });
      worker.on("error", (error) => fail(failureOf(error)));
      worker.on("exit", (code) => {
        if (!gate.#closed) fail(failureOf(new Error(`it ended with exit code ${code}`)));
      });
    });
    return gate;
  }

  get counts(): GateCounts {
    return this.#counts;
  }

  get alarm(): Alarm {
    const number = Atomics.load(this.#shared, 0);
    return { number, mrm: Atomics.load(this.#shared, 1) === 1 };
  }

  /** Decisions that the gate has made by itself. */
  get blindCount(): number {
    return Atomics.load(this.#shared, 2);
  }

  /** Only what the gate needs crosses over: a tick holds megabytes besides. */
  pass({ decision, body, alarmSeen }: GateDecision): void {
    this.#worker.postMessage({ kind: "decision", decision, body, alarmSeen } satisfies ToGate);
  }

  /** Sends what is on its way and ends the thread, with a limit. */
  async close(): Promise<void> {
    if (this.#closed) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, CLOSE_MS);
      this.#closed = () => {
        clearTimeout(timer);
        resolve();
      };
      this.#worker.postMessage({ kind: "close" } satisfies ToGate);
    });
    await this.#worker.terminate();
  }
}

/** Errors lose their class on the way between threads; our code stays. */
function failureOf(error: unknown): WaywardenError {
  const { code, message } = error as { code?: unknown; message?: string };
  if (typeof code === "string" && code.startsWith("WIRE_"))
    return new WireError(code, message ?? "");
  return new WaywardenError(
    "GATE_FAILED",
    `a running gate thread expected, found: ${message ?? String(error)}`,
    { cause: error },
  );
}
