import { expect, test } from "vitest";
import { readAhead } from "./read-ahead.ts";

async function* numbers(count: number, log: string[] = []) {
  try {
    for (let i = 0; i < count; i++) {
      log.push(`read ${i}`);
      yield i;
    }
  } finally {
    log.push("closed");
  }
}

test("all items come once and in order, the next one read before the present one is used", async () => {
  const log: string[] = [];
  for await (const n of readAhead(numbers(3, log))) log.push(`used ${n}`);
  expect(log).toEqual(["read 0", "read 1", "used 0", "read 2", "used 1", "closed", "used 2"]);
});

test("leaving early closes the source", async () => {
  const log: string[] = [];
  for await (const n of readAhead(numbers(9, log))) if (n === 1) break;
  expect(log.at(-1)).toBe("closed");
  expect(log).toHaveLength(4);
});

test("an error comes after the items before it", async () => {
  async function* broken() {
    yield 1;
    yield 2;
    throw new Error("cut");
  }
  const seen: number[] = [];
  const reading = (async () => {
    for await (const n of readAhead(broken())) seen.push(n);
  })();
  await expect(reading).rejects.toThrow("cut");
  expect(seen).toEqual([1, 2]);
});
