export type Ahead<T> = {
  readonly item: T;
  /** The one after it, once it is read; undefined where there is none. Never rejects. */
  readonly next?: Promise<T | undefined>;
};

/**
 * The same items in the same order, with the next one being fetched while the present one is used.
 * An error of the source comes up where its item would have come.
 */
export async function* readAhead<T>(items: AsyncIterable<T>): AsyncGenerator<Ahead<T>> {
  const iterator = items[Symbol.asyncIterator]();
  try {
    for (let next = iterator.next(); ; ) {
      const result = await next;
      if (result.done) return;
      next = iterator.next();
      const following = next.then(
        ({ done, value }) => (done ? undefined : value),
        () => undefined,
      );
      yield { item: result.value, next: following };
    }
  } finally {
    await iterator.return?.();
  }
}

/** Each item is fetched when it is asked for. */
export async function* oneByOne<T>(items: AsyncIterable<T>): AsyncGenerator<Ahead<T>> {
  for await (const item of items) yield { item };
}
