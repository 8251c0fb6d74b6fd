import type { LiveClock } from "./clock.ts";
import type { HostConfig } from "./config.ts";
import type { GateThread } from "./gate-thread.ts";
import type { LiveTick } from "./live-loop.ts";
import { DriveMetrics } from "./metrics.ts";
import type { ObservationInbox } from "./observation-inbox.ts";
import type { Publisher } from "./publisher.ts";
import { type HealthAnswer, StatusServer } from "./status-server.ts";
import { Systemd, type SystemdEnv } from "./systemd.ts";

export type DriveWatchOptions = {
  readonly clock: LiveClock;
  readonly inbox: ObservationInbox;
  readonly gate: GateThread;
  readonly publisher: Publisher;
  readonly http: HostConfig["http"];
  readonly env: SystemdEnv;
  /** One line for a person. */
  readonly say: (text: string) => void;
};

/** What others may see of a live drive: metrics, health, systemd. */
export class DriveWatch {
  readonly #options: DriveWatchOptions;
  readonly #metrics: DriveMetrics;
  readonly #systemd: Systemd;
  #server: StatusServer | undefined;
  #last: { readonly tick: LiveTick; readonly atMs: number } | undefined;

  private constructor(options: DriveWatchOptions) {
    this.#options = options;
    const { inbox, gate, publisher, env, say } = options;
    this.#systemd = new Systemd(env, say);
    this.#metrics = new DriveMetrics({
      inbox: () => inbox.counts,
      gate: () => ({ ...gate.counts, blindCount: gate.blindCount }),
      reconnects: () => publisher.counts.reconnects,
      lastDecisionAgeMs: () => this.#ageMs(),
    });
  }

  /** @throws ConfigError HTTP_PORT */
  static async open(options: DriveWatchOptions): Promise<DriveWatch> {
    const watch = new DriveWatch(options);
    const { enabled, address, port } = options.http;
    if (!enabled) return watch;
    const metrics = watch.#metrics;
    const health = () => watch.#health();
    watch.#server = await StatusServer.open({ address, port, metrics, health });
    options.say(`metrics and health at ${watch.#server.url}`);
    return watch;
  }

  note(tick: LiveTick): void {
    const nowMs = this.#options.clock.monoMs();
    if (!this.#last) this.#systemd.ready();
    this.#last = { tick, atMs: nowMs };
    this.#metrics.note(tick, nowMs - tick.sinceMs, tick.lagMs);
    this.#systemd.decided(nowMs);
  }

  stopping(): void {
    this.#systemd.stopping();
  }

  async close(): Promise<void> {
    await this.#server?.close();
  }

  #ageMs(): number | undefined {
    return this.#last ? this.#options.clock.monoMs() - this.#last.atMs : undefined;
  }

  #health(): HealthAnswer {
    const ageMs = this.#ageMs();
    const limitMs = this.#options.http.decisionAgeMaxMs;
    const healthy = ageMs !== undefined && ageMs <= limitMs;
    const { decision, begun } = this.#last?.tick ?? {};
    return {
      healthy,
      report: {
        healthy,
        lastDecisionAgeMs: ageMs === undefined ? null : Math.round(ageMs),
        limitMs,
        mode: decision?.mode ?? null,
        observationsHaveCome: begun ?? false,
      },
    };
  }
}
