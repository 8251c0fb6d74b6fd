/**
 * The import law: which room may import which, who owns each npm package, and who may read a clock.
 * Types count like values. A room without a line here fails, so the table is always complete.
 * Test files are not shipped and may join any rooms.
 */
import { readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, normalize } from "node:path";
import ts from "typescript";
import { describe, expect, test } from "vitest";

/** Room → rooms it may import. Data walks from top to bottom; nothing walks back. */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  contract: [],
  geometry: ["contract"],
  image: ["contract", "geometry"],
  ingest: ["contract", "geometry"],
  obstacles: ["contract", "geometry"],
  inference: ["contract"],
  bev: ["contract", "geometry", "image", "inference"],
  tokens: ["contract", "geometry", "inference"],
  planner: ["contract", "geometry", "tokens", "inference"],
  safety: ["contract", "geometry"],
  wire: ["contract"],
  picture: ["contract", "geometry", "image"],
  record: ["contract", "geometry", "image", "ingest", "wire", "picture"],
  report: ["contract", "image", "picture", "record"],
  service: [
    ...["contract", "geometry", "image", "ingest", "obstacles", "inference", "bev", "tokens"],
    ...["planner", "safety", "wire", "picture", "record", "report"],
  ],
  world: ["contract", "geometry"],
  render: ["contract", "geometry"],
  expert: ["contract", "geometry", "world"],
  // The score measures RSS distances by the formulas that the checker itself is proved with.
  scenario: ["contract", "geometry", "safety", "world", "expert"],
  dataset: [
    ...["contract", "geometry", "image", "ingest", "inference", "bev", "tokens"],
    ...["world", "render", "expert"],
  ],
  cli: ["*"],
  /** src/index.ts, the public API. */
  "": ["*"],
};

/** Runtime package (or scope) → rooms that own it. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  sharp: ["image"],
  "@julusian/": ["image"],
  "@mcap/": ["ingest"],
  "@foxglove/": ["ingest"],
  "@loaders.gl/": ["ingest"],
  protobufjs: ["wire", "ingest"],
  mqtt: ["wire"],
  aedes: ["wire"],
  "onnxruntime-node": ["inference"],
  "@huggingface/tokenizers": ["tokens"],
  commander: ["cli"],
  "cli-progress": ["cli"],
  "prom-client": ["service"],
  saxes: ["world"],
  zod: ["*"],
};

/** Rooms that hold nothing but our own arithmetic: no npm package, no Node module. */
const PURE_ROOMS = ["contract", "geometry", "obstacles", "safety"];

const CLOCK_FILE = "src/service/clock.ts";
const ROOT = join(import.meta.dirname, "..");
const TEST_FILE = /\.(test|cases|fixture)\.ts$|\/testing\//;

type Source = { readonly path: string; readonly text: string };

const roomOf = (path: string): string => path.match(/^src\/([^/]+)\//)?.[1] ?? "";

/** Every module that the text names, by import, export, import() or import type. */
function importsOf(file: ts.SourceFile): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
      if (node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier))
        found.push(node.moduleSpecifier.text);
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [name] = node.arguments;
      found.push(name && ts.isStringLiteralLike(name) ? name.text : "(computed)");
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      if (ts.isStringLiteral(node.argument.literal)) found.push(node.argument.literal.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** Uses of wall clock and unseeded randomness: Date.now, new Date(), Date(), Math.random. */
function ambientCallsOf(file: ts.SourceFile): string[] {
  const found: string[] = [];
  const isDate = (node: ts.Node) => ts.isIdentifier(node) && node.text === "Date";
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAccessExpression(node)) {
      const text = node.getText(file).replace(/\s/g, "");
      if (/^(globalThis\.)?(Date\.now|Math\.random)$/.test(text)) found.push(text);
    }
    if (ts.isNewExpression(node) && isDate(node.expression) && !node.arguments?.length)
      found.push("new Date()");
    if (ts.isCallExpression(node) && isDate(node.expression)) found.push("Date()");
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function faultOfImport(path: string, name: string): string | undefined {
  const room = roomOf(path);
  if (name.startsWith(".")) {
    const target = normalize(join(dirname(path), name)).replaceAll("\\", "/");
    if (!target.startsWith("src/")) return `${path} leaves src: ${name}`;
    if (!target.endsWith(".ts")) return `${path}: "${name}" should end in .ts`;
    if (TEST_FILE.test(target)) return `${path}: ${name} belongs to tests`;
    const other = roomOf(target);
    const allowed = ROOMS[room] ?? [];
    if (other === room || allowed.includes("*") || allowed.includes(other)) return undefined;
    return `${path} (${room || "src"}) may import [${allowed.join(", ")}], found ${other || name}`;
  }
  if (PURE_ROOMS.includes(room)) return `${path} (${room}) may import no package, found ${name}`;
  if (name.startsWith("node:")) return undefined;
  if (builtinModules.includes(name)) return `${path}: write node:${name}, found ${name}`;
  const owner = Object.keys(PACKAGES).find((key) =>
    key.endsWith("/") ? name.startsWith(key) : name === key || name.startsWith(`${key}/`),
  );
  if (owner === undefined) return `${path}: no room owns the package ${name}`;
  if (PACKAGES[owner]!.includes("*") || PACKAGES[owner]!.includes(room)) return undefined;
  return `${path} (${room}): ${name} belongs to ${PACKAGES[owner]!.join(", ")}`;
}

/** All breaches of the law in one product file. */
function breachesOf({ path, text }: Source): string[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
  const imports = importsOf(file)
    .map((name) => faultOfImport(path, name))
    .filter((fault) => fault !== undefined);
  const ambient = ambientCallsOf(file)
    .filter((call) => path !== CLOCK_FILE || call === "Math.random")
    .map((call) => `${path}: ${call} is not injected`);
  return [...imports, ...ambient];
}

const sources: readonly Source[] = readdirSync(join(ROOT, "src"), { recursive: true })
  .map((name) => `src/${String(name).replaceAll("\\", "/")}`)
  .filter((path) => path.endsWith(".ts") && !path.endsWith(".d.ts"))
  .map((path) => ({ path, text: readFileSync(join(ROOT, path), "utf8") }));

const aFile = (path: string, text: string): Source => ({ path, text });

describe("the import law", () => {
  test("every room has a line in the table", () => {
    const rooms = new Set(sources.map((source) => roomOf(source.path)));
    expect([...rooms].filter((room) => ROOMS[room] === undefined)).toEqual([]);
    expect(rooms.size).toBeGreaterThan(1);
  });

  test("the table names only rooms that it defines", () => {
    const named = Object.values(ROOMS).flat();
    expect(named.filter((room) => room !== "*" && !(room in ROOMS))).toEqual([]);
  });

  test("the table has no way back: no room reaches itself", () => {
    const reach = (room: string, seen: readonly string[]): string[] =>
      (ROOMS[room] ?? []).flatMap((next) =>
        next === "*" ? [] : seen.includes(next) ? [next] : reach(next, [...seen, next]),
      );
    for (const room of Object.keys(ROOMS)) expect(reach(room, [room]), room).toEqual([]);
  });

  test("every product file keeps to its room", () => {
    const product = sources.filter((source) => !TEST_FILE.test(source.path));
    expect(product.length).toBeGreaterThan(10);
    expect(product.flatMap(breachesOf)).toEqual([]);
  });

  test("every runtime dependency has an owner", () => {
    const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
      dependencies: Record<string, string>;
    };
    const unowned = Object.keys(manifest.dependencies).filter(
      (name) =>
        !Object.keys(PACKAGES).some((key) =>
          key.endsWith("/") ? name.startsWith(key) : name === key,
        ),
    );
    expect(unowned).toEqual([]);
  });
});

describe("the law finds", () => {
  const cases: readonly (readonly [string, string, string, number])[] = [
    ["a room above", "src/safety/a.ts", 'import { x } from "../planner/planner.ts";', 1],
    ["a type from a room above", "src/bev/a.ts", 'import type { X } from "../planner/p.ts";', 1],
    ["an import type", "src/bev/a.ts", 'type X = import("../planner/p.ts").X;', 1],
    ["a re-export", "src/geometry/a.ts", 'export * from "../bev/b.ts";', 1],
    ["a dynamic import", "src/service/a.ts", 'await import("../world/road.ts");', 1],
    ["a computed import", "src/service/a.ts", "await import(name);", 1],
    ["a package in a pure room", "src/safety/a.ts", 'import { z } from "zod";', 1],
    ["Node in a pure room", "src/obstacles/a.ts", 'import { hash } from "node:crypto";', 1],
    ["a package of another room", "src/bev/a.ts", 'import sharp from "sharp";', 1],
    ["a package without owner", "src/cli/a.ts", 'import x from "left-pad";', 1],
    ["a path without .ts", "src/bev/a.ts", 'import { x } from "./b";', 1],
    ["a test's helper", "src/bev/a.ts", 'import x from "./a.fixture.ts";', 1],
    ["a way out of src", "src/cli/a.ts", 'import x from "../../bench/a.ts";', 1],
    ["a wall clock", "src/wire/a.ts", "const t = Date.now();", 1],
    ["a wall clock by reference", "src/wire/a.ts", "const clock = Date.now;", 1],
    ["a date of now", "src/wire/a.ts", "const t = new Date();", 1],
    ["unseeded randomness", "src/world/a.ts", "const r = Math.random();", 1],
    ["nothing in the clock", CLOCK_FILE, "export const nowUs = () => Date.now() * 1000;", 0],
    ["nothing in a comment", "src/wire/a.ts", "// never Date.now()", 0],
    ["nothing in a date of a given time", "src/wire/a.ts", "const t = new Date(stampMs);", 0],
    ["nothing in a lawful import", "src/bev/a.ts", 'import { x } from "../geometry/se3.ts";', 0],
    ["nothing in an owned package", "src/ingest/a.ts", 'import x from "@mcap/core";', 0],
  ];
  test.each(cases)("%s", (_name, path, text, count) => {
    expect(breachesOf(aFile(path, text))).toHaveLength(count);
  });
});
