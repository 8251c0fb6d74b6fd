/**
 * The same items in the same order, with the next one being fetched while the present one is used.
 * An error of the source comes up where its item would have come.
 */
export async function* readAhead<T>(items: AsyncIterable<T>): AsyncGenerator<T> {
  const iterator = items[Symbol.asyncIterator]();
  const fetch = () => {
    const next = iterator.next();
    // Awaited one item later; until then its rejection must not count as unhandled.
    next.catch(() => undefined);
    return next;
  };
  try {
    for (let next = fetch(); ; ) {
      const result = await next;
      if (result.done) return;
      next = fetch();
      yield result.value;
    }
  } finally {
    await iterator.return?.();
  }
}
