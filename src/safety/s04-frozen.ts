/**
 * S04: a sensor that repeats itself while the vehicle moves shows a world that is gone. Unlike a
 * missing one it leaves no hole: the networks take it for the present.
 */
import type { SafetyStream } from "./input.ts";
import { FROZEN_COUNT, FROZEN_SPEED_MPS } from "./limits.ts";

type Seen = {
  readonly stampUs: number;
  readonly contentHash: number | undefined;
  /** Observations with this content, the first included. */
  readonly count: number;
};

/** Remembers what each stream showed last. */
export class FrozenWatch {
  readonly #seen = new Map<string, Seen>();

  /**
   * Why a stream counts as frozen, or undefined; in the order of `streams`. `speedMps` is how fast
   * the vehicle moves; repetitions while it stands are not counted.
   */
  check(streams: readonly SafetyStream[], speedMps: number): readonly (string | undefined)[] {
    const moves = speedMps > FROZEN_SPEED_MPS;
    return streams.map(({ kind, name, stampUs, contentHash }) => {
      if (stampUs === undefined) return undefined;
      const key = `${kind}/${name}`;
      const last = this.#seen.get(key);
      const count = moves && last !== undefined ? countOf(last, stampUs, contentHash) : 1;
      this.#seen.set(key, { stampUs, contentHash, count });
      if (count < FROZEN_COUNT) return undefined;
      return `frozen: fewer than ${FROZEN_COUNT} equal observations while moving expected, found ${count}`;
    });
  }
}

/**
 * New content with the old stamp, or the old content with a new stamp, is one more repetition. Both
 * old is a slow sensor whose newest data serves several ticks; how old it may become, S03 says.
 */
function countOf(last: Seen, stampUs: number, contentHash: number | undefined): number {
  const oldStamp = last.stampUs === stampUs;
  const oldContent = contentHash === undefined ? oldStamp : last.contentHash === contentHash;
  if (oldStamp && oldContent) return last.count;
  return oldStamp || oldContent ? last.count + 1 : 1;
}
