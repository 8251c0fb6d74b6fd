/** Sizes in use at one time are few; more are not kept. */
const KEPT_MAX = 8;

/**
 * Buffers for pictures that live only while they are cut into views: a new one of 1.5 MB for each
 * picture of each tick would be the collector's largest item.
 */
export class ScratchBuffers {
  readonly #free: Uint8Array[] = [];

  /** A buffer of exactly `bytes` bytes of any content. */
  take(bytes: number): Uint8Array {
    const at = this.#free.findIndex((free) => free.length === bytes);
    return at < 0 ? new Uint8Array(bytes) : this.#free.splice(at, 1)[0]!;
  }

  /** Takes a buffer back; nobody may use it from now on. */
  give(buffer: Uint8Array): void {
    if (this.#free.length === KEPT_MAX) this.#free.shift();
    this.#free.push(buffer);
  }
}
