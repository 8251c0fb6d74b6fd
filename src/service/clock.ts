/** The only wall clock of the service; everything that decides gets its time as an argument. */

/** Wall time, integer microseconds since epoch. */
export const wallNowUs = (): number => Date.now() * 1000;

/** Monotonic milliseconds since the process started. */
export const monotonicMs = (): number => performance.now();

/** User and system time of all threads of the process so far. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Resolves after `ms` or as soon as `signal` is aborted. */
export function sleepMs(ms: number, signal?: AbortSignal): Promise<void> {
  if (ms <= 0 || signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener("abort", done);
  });
}

/** Time as a live drive sees it; tests give their own. */
export type LiveClock = {
  /** Wall time, integer µs since epoch: what stamps are compared with. It may jump. */
  readonly wallUs: () => number;
  /** Monotonic: what the pace is kept by. */
  readonly monoMs: () => number;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
};

export const realClock: LiveClock = { wallUs: wallNowUs, monoMs: monotonicMs, sleep: sleepMs };
