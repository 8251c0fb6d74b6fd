import { expect, test } from "vitest";
import { oneByOne, readAhead } from "./read-ahead.ts";

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
  for await (const { item } of readAhead(numbers(3, log))) log.push(`used ${item}`);
  expect(log).toEqual(["read 0", "read 1", "used 0", "read 2", "used 1", "closed", "used 2"]);
});

test("leaving early closes the source", async () => {
  const log: string[] = [];
  for await (const { item } of readAhead(numbers(9, log))) if (item === 1) break;
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
    for await (const { item } of readAhead(broken())) seen.push(item);
  })();
  await expect(reading).rejects.toThrow("cut");
  expect(seen).toEqual([1, 2]);
});

test("each item comes with the next one; the last and the one before an error with none", async () => {
  async function* broken() {
    yield* numbers(3);
    throw new Error("cut");
  }
  const nexts: (number | undefined)[] = [];
  for await (const { next } of readAhead(numbers(3))) nexts.push(await next);
  expect(nexts).toEqual([1, 2, undefined]);
  nexts.length = 0;
  const reading = (async () => {
    for await (const { next } of readAhead(broken())) nexts.push(await next);
  })();
  await expect(reading).rejects.toThrow("cut");
  expect(nexts).toEqual([1, 2, undefined]);
});

test("one by one, nothing is read before it is asked for", async () => {
  const log: string[] = [];
  for await (const { item } of oneByOne(numbers(2, log))) log.push(`used ${item}`);
  expect(log).toEqual(["read 0", "used 0", "read 1", "used 1", "closed"]);
});
