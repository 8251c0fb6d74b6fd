/** Seeded random numbers (sfc32), the same on every machine to the bit. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  constructor(seed: number) {
    this.#a = seed >>> 0;
    this.#b = Math.floor(seed / 4294967296) >>> 0;
    this.#c = 0x9e3779b9;
    this.#d = 1;
    for (let i = 0; i < 15; i++) this.nextUint();
  }

  /** Integer 0…2^32 − 1. */
  nextUint(): number {
    const t = (((this.#a + this.#b) | 0) + this.#d) | 0;
    this.#d = (this.#d + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (this.#c << 21) | (this.#c >>> 11);
    this.#c = (this.#c + t) | 0;
    return t >>> 0;
  }

  /** 0 ≤ x < 1. */
  next(): number {
    return this.nextUint() / 4294967296;
  }

  /** min ≤ x < max. */
  range(min: number, max: number): number {
    return min + (max - min) * this.next();
  }

  /** Integer min…max, both included. */
  int(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1));
  }

  chance(prob: number): boolean {
    return this.next() < prob;
  }

  pick<T>(items: readonly T[]): T {
    if (items.length === 0)
      throw new RangeError("at least one item to pick from expected, found 0");
    return items[Math.floor(this.next() * items.length)]!;
  }

  /** Key of `weights`, drawn in proportion to its weight. */
  weighted<K extends string>(weights: Readonly<Record<K, number>>): K {
    const keys = Object.keys(weights) as K[];
    let sum = 0;
    for (const k of keys) sum += weights[k];
    let x = this.next() * sum;
    for (const k of keys) {
      x -= weights[k];
      if (x < 0) return k;
    }
    return keys[keys.length - 1]!;
  }

  /** Independent generator that further draws here do not disturb. */
  fork(): Random {
    return new Random(this.nextUint() + this.nextUint() * 4294967296);
  }
}
