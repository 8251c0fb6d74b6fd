import { isOneSlip } from "./slip.ts";
import { tokensOf } from "./tokens.ts";

/** One way to read words as a symbol. */
export type Parse<T> = {
  readonly value: T;
  /** Index of the first word behind it. */
  readonly end: number;
  /** Words that were read with a slip of one letter. */
  readonly slips: number;
  /** Sentences, joints and frames that it is made of. */
  readonly parts: number;
  /** Words that stand in the shapes themselves and fill no slot. */
  readonly words: number;
};

type Leaf<V> = {
  readonly make: (bound: V) => V[keyof V] | undefined;
  readonly isPart: boolean;
};
type Node<V> = {
  readonly words: Map<string, Node<V>>;
  /** Slot → what follows it. */
  readonly slots: Map<keyof V, Node<V>>;
  readonly leaves: Leaf<V>[];
};
const aNode = <V>(): Node<V> => ({ words: new Map(), slots: new Map(), leaves: [] });

type State<V> = Omit<Parse<unknown>, "value" | "end"> & { readonly bound: Partial<V> };

/**
 * Shapes with slots, and what they mean. `V` names the slots and what each holds; a slot is read by
 * the shapes of its own name, or of the one that `aliases` gives.
 */
export class Grammar<V extends object> {
  /** Every word of every shape. */
  readonly vocabulary = new Set<string>();
  readonly #aliases: Readonly<Partial<Record<keyof V, keyof V>>>;
  readonly #roots = new Map<keyof V, Node<V>>();
  readonly #single = new Map<keyof V, (token: string) => V[keyof V] | undefined>();

  constructor(aliases: Readonly<Partial<Record<keyof V, keyof V>>>) {
    this.#aliases = aliases;
  }

  /** `symbol` can be said by these shapes; a part counts as a sentence, the others fill slots. */
  add<S extends keyof V>(
    symbol: S,
    shapes: readonly string[],
    make: (bound: V) => V[S] | undefined,
    kind: "PART" | "SLOT" = "SLOT",
  ): void {
    for (const shape of shapes) {
      let node = this.#roots.get(symbol) ?? aNode<V>();
      this.#roots.set(symbol, node);
      for (const token of tokensOf(shape)) {
        const slot = /^\{(.+)\}$/.exec(token)?.[1] as keyof V | undefined;
        if (slot === undefined) this.vocabulary.add(token);
        node = slot === undefined ? grow(node.words, token) : grow(node.slots, slot);
      }
      node.leaves.push({ make, isPart: kind === "PART" });
    }
  }

  /** `symbol` is one word that `read` knows. */
  addWord<S extends keyof V>(symbol: S, read: (token: string) => V[S] | undefined): void {
    this.#single.set(symbol, read);
  }

  /** All ways to read all the words as `symbol`, with at most so many slips. */
  parse<S extends keyof V>(symbol: S, tokens: readonly string[], slipsMax: number): Parse<V[S]>[] {
    const all = new Reader(this.#roots, this.#single, this.#aliases, {
      ...{ tokens, slipsMax },
      vocabulary: this.vocabulary,
    }).at(symbol, 0);
    return all.filter(({ end }) => end === tokens.length) as Parse<V[S]>[];
  }
}

const grow = <K, V>(from: Map<K, Node<V>>, key: K): Node<V> => {
  const next = from.get(key) ?? aNode<V>();
  from.set(key, next);
  return next;
};

type Words = {
  readonly tokens: readonly string[];
  readonly slipsMax: number;
  readonly vocabulary: ReadonlySet<string>;
};

/** Reads one text; what it has read at a word it does not read again. */
class Reader<V extends object> {
  readonly #roots: ReadonlyMap<keyof V, Node<V>>;
  readonly #single: ReadonlyMap<keyof V, (token: string) => V[keyof V] | undefined>;
  readonly #aliases: Readonly<Partial<Record<keyof V, keyof V>>>;
  readonly #words: Words;
  readonly #known = new Map<string, readonly Parse<unknown>[]>();

  constructor(
    roots: ReadonlyMap<keyof V, Node<V>>,
    single: ReadonlyMap<keyof V, (token: string) => V[keyof V] | undefined>,
    aliases: Readonly<Partial<Record<keyof V, keyof V>>>,
    words: Words,
  ) {
    this.#roots = roots;
    this.#single = single;
    this.#aliases = aliases;
    this.#words = words;
  }

  at(slot: keyof V, start: number): readonly Parse<unknown>[] {
    const symbol = this.#aliases[slot] ?? slot;
    const key = `${String(symbol)} ${start}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const found = new Map<string, Parse<unknown>>();
    const keep = (parse: Parse<unknown>) => {
      const same = `${parse.end} ${parse.slips} ${JSON.stringify(parse.value)}`;
      const before = found.get(same);
      if (before === undefined || compareParses(parse, before) < 0) found.set(same, parse);
    };
    const token = this.#words.tokens[start];
    const value = token === undefined ? undefined : this.#single.get(symbol)?.(token);
    if (value !== undefined) keep({ value, end: start + 1, slips: 0, parts: 0, words: 0 });
    const root = this.#roots.get(symbol);
    const first = { bound: {}, slips: 0, parts: 0, words: 0 };
    if (root !== undefined) this.#walk(root, start, first, keep);
    const all = [...found.values()];
    this.#known.set(key, all);
    return all;
  }

  #walk(node: Node<V>, at: number, state: State<V>, keep: (parse: Parse<unknown>) => void): void {
    for (const { make, isPart } of node.leaves) {
      // a shape binds every slot that its meaning reads: each of them stands in it
      const value = make(state.bound as V);
      const { slips, parts, words } = state;
      const all = parts + (isPart ? 1 : 0);
      // words of what fills a slot are none of the sentence's own
      if (value !== undefined)
        keep({ value, end: at, slips, parts: all, words: all === 0 ? 0 : words });
    }
    const token = this.#words.tokens[at];
    if (token === undefined) return;
    for (const [next, slips] of this.#edges(node, token, this.#words.slipsMax - state.slips))
      this.#walk(
        next,
        at + 1,
        { ...state, slips: state.slips + slips, words: state.words + 1 },
        keep,
      );
    for (const [slot, next] of node.slots)
      for (const { value, end, slips, parts, words } of this.at(slot, at)) {
        if (state.slips + slips > this.#words.slipsMax) continue;
        const bound = { ...state.bound, [slot]: value };
        const sum = { parts: state.parts + parts, words: state.words + words };
        this.#walk(next, end, { bound, slips: state.slips + slips, ...sum }, keep);
      }
  }

  /** The word itself, and words of which it is a slip. */
  *#edges(node: Node<V>, token: string, slipsLeft: number): Generator<[Node<V>, number]> {
    const exact = node.words.get(token);
    if (exact !== undefined) yield [exact, 0];
    if (slipsLeft === 0) return;
    const isKnown = this.#words.vocabulary.has(token);
    for (const [word, next] of node.words) if (isOneSlip(token, word, isKnown)) yield [next, 1];
  }
}

/** Negative where `a` is the better reading: fewer slips, fewer parts, more words in the shapes. */
export const compareParses = (a: Parse<unknown>, b: Parse<unknown>): number =>
  a.slips - b.slips || a.parts - b.parts || b.words - a.words;
