/** docs/safety.md, the rules in code and their tests are one: an unmapped rule or test fails. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { RULES } from "../contract/decision.ts";
import { FAULT_RULES } from "./fault-demands.ts";
import * as limits from "./limits.ts";

const ROOM = import.meta.dirname;
const DOC = readFileSync(join(ROOM, "..", "..", "docs", "safety.md"), "utf8");
const section = (title: string): string => DOC.split(`## ${title}\n`)[1]!.split("\n## ")[0]!;
const rowsOf = (title: string): string[][] =>
  section(title)
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .slice(2)
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
const named = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name!);
const rulesIn = (text: string): string[] => text.match(/S\d\d/g) ?? [];

const files = readdirSync(ROOM);
const sources = files.filter((f) => f.endsWith(".ts") && !/\.(test|cases)\.ts$/.test(f));
const implemented = rowsOf("Implemented rules");
const implementedIds = implemented.map(([id]) => id!);
const open = rulesIn(section("Rules that are not implemented yet").split(".\n")[0]!);
const hazards = rowsOf("Hazards");

describe("docs/safety.md", () => {
  test("every rule is either implemented or said not to be, never both", () => {
    expect([...implementedIds, ...open].sort()).toEqual([...RULES]);
  });

  test("every rule file is in the table of its rule, and every row names an existing file and test", () => {
    const ruleFiles = sources.filter((f) => /^s\d\d-/.test(f));
    const ids = new Set(ruleFiles.map((f) => `S${f.slice(1, 3)}`));
    expect(ids).toEqual(new Set(implementedIds));
    for (const [id, , , , code, testFile] of implemented) {
      expect(named(code!)[0]).toMatch(new RegExp(`^s${id!.slice(1)}-`));
      for (const name of [...named(code!), ...named(testFile!)])
        expect(existsSync(join(ROOM, name)), name).toBe(true);
    }
  });

  test("every rule that code lets speak is implemented, or is told to be heard through a fault", () => {
    const heard = new Set(Object.values(FAULT_RULES).map(({ rule }) => rule as string));
    for (const file of sources) {
      const text = readFileSync(join(ROOM, file), "utf8");
      for (const [, rule] of text.matchAll(/"(S\d\d)"/g))
        expect(implementedIds.includes(rule!) || heard.has(rule!), `${file} ${rule}`).toBe(true);
    }
    for (const rule of heard)
      expect(
        implementedIds.includes(rule) || new RegExp(`Of ${rule}, [^.]+ (is|are) heard`).test(DOC),
        rule,
      ).toBe(true);
  });

  test("every implemented rule answers a hazard, and every hazard has rules and an existing test", () => {
    const mapped = new Set(hazards.flatMap(([, rules]) => rulesIn(rules!)));
    expect([...mapped].sort()).toEqual([...implementedIds].sort());
    for (const [hazard, rules, testFile] of hazards) {
      expect(rulesIn(rules!).length, hazard).toBeGreaterThan(0);
      for (const name of named(testFile!)) expect(existsSync(join(ROOM, name)), name).toBe(true);
    }
  });

  test("every rule's test file is named in the page", () => {
    const ruleTests = files.filter((f) => /^s\d\d-.*\.test\.ts$/.test(f));
    for (const name of ruleTests) expect(DOC.includes(`\`${name}\``), name).toBe(true);
  });

  test("every parameter is a limit, and every limit is a parameter of a rule", () => {
    const parameters = implemented.flatMap(([, , cell]) => named(cell!));
    expect(parameters.sort()).toEqual(Object.keys(limits).sort());
  });
});
