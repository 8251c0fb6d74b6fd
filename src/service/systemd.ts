import { spawn } from "node:child_process";

/** What systemd tells a service that it supervises (sd_notify(3)). */
export type SystemdEnv = {
  readonly NOTIFY_SOCKET?: string | undefined;
  readonly WATCHDOG_USEC?: string | undefined;
  readonly WATCHDOG_PID?: string | undefined;
};

/**
 * Tells systemd that the service is ready, alive and stopping, by `systemd-notify`; says nothing where
 * systemd did not start it. The unit needs NotifyAccess=all, because a child speaks for us.
 */
export class Systemd {
  readonly #spoken: boolean;
  readonly #say: (text: string) => void;
  readonly #beatMs: number | undefined;
  #lastBeatMs = Number.NEGATIVE_INFINITY;
  #broken = false;

  constructor(env: SystemdEnv, say: (text: string) => void, pid = process.pid) {
    this.#spoken = Boolean(env.NOTIFY_SOCKET);
    this.#say = say;
    const usec = Number(env.WATCHDOG_USEC ?? 0);
    const ours = env.WATCHDOG_PID === undefined || Number(env.WATCHDOG_PID) === pid;
    // Half the limit, as sd_watchdog_enabled(3) advises.
    this.#beatMs = usec > 0 && ours ? usec / 2000 : undefined;
  }

  ready(): void {
    this.#notify("READY=1");
  }

  /** Called with each decision; passes on as many as the watchdog needs. */
  decided(nowMs: number): void {
    if (this.#beatMs === undefined || nowMs - this.#lastBeatMs < this.#beatMs) return;
    this.#lastBeatMs = nowMs;
    this.#notify("WATCHDOG=1");
  }

  stopping(): void {
    this.#notify("STOPPING=1");
  }

  #notify(state: string): void {
    if (!this.#spoken || this.#broken) return;
    // The child waits until systemd has heard it: one that had ended before would be nobody's.
    const child = spawn("systemd-notify", [state], { stdio: "ignore" });
    child.on("error", (error) => this.#fail(error.message));
    child.on("exit", (code) => {
      if (code !== 0) this.#fail(`exit code ${code}`);
    });
    child.unref();
  }

  #fail(found: string): void {
    if (!this.#broken)
      this.#say(`NOTIFY_SOCKET is set: a working systemd-notify expected, found ${found}`);
    this.#broken = true;
  }
}
