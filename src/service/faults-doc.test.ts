import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { FAULTS } from "../contract/fault.ts";
import { FAULT_RULES } from "../safety/fault-demands.ts";

const DOC = join(import.meta.dirname, "..", "..", "docs", "faults.md");
const ROW = /^\| `(\w+)` \| (\w+) \| (S\d\d) \| (.+) \|$/gm;

test("docs/faults.md tells every fault with its reaction, rule and meaning, and no other", () => {
  const told = [...readFileSync(DOC, "utf8").matchAll(ROW)].map(([, ...row]) => row);
  const known = Object.entries(FAULTS).map(([code, [reaction, meaning]]) => [
    code,
    reaction,
    FAULT_RULES[code as keyof typeof FAULTS].rule,
    meaning,
  ]);
  expect(told).toEqual(known);
});
