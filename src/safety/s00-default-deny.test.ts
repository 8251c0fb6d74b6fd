import { describe, expect, test } from "vitest";
import { CHECKS, CheckList } from "./s00-default-deny.ts";

describe("S00 default deny", () => {
  test("a list on which nothing ran denies NORMAL and names every check", () => {
    const d = new CheckList().demand()!;
    expect(d.hit).toMatchObject({ rule: "S00", mode: "CAUTION", value: CHECKS.length });
    for (const check of CHECKS) expect(d.hit.detail).toContain(check);
  });

  test.each(CHECKS)("one open check (%s) is enough to deny", (open) => {
    const list = new CheckList();
    for (const check of CHECKS) if (check !== open) list.pass(check);
    expect(list.demand()!.hit).toMatchObject({
      value: 1,
      detail: `NORMAL denied, not passed: ${open}`,
    });
  });

  test("all passed says nothing", () => {
    const list = new CheckList();
    for (const check of CHECKS) list.pass(check);
    expect(list.demand()).toBeUndefined();
  });
});
