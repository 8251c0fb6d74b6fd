/** The library example of README.md type-checks against src/index.ts and runs. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";
import * as waywarden from "../src/index.ts";
import { aFolder, generateDrive, writeLog } from "./drive-log.fixture.ts";

const ROOT = join(import.meta.dirname, "..");

function example(): string {
  const readme = readFileSync(join(ROOT, "README.md"), "utf8");
  const code = /^## As a library\n+```ts\n([\s\S]*?)^```$/m.exec(readme)?.[1];
  if (code === undefined)
    throw new Error('README.md: a ts block below "## As a library" expected, found none');
  return code;
}

test("the example of the README compiles against the public API", { timeout: 120_000 }, () => {
  const path = join(ROOT, "test", "readme-example.virtual.ts");
  const { config } = ts.readConfigFile(join(ROOT, "tsconfig.json"), ts.sys.readFile);
  const parsed = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  const options = { ...parsed.options, noEmit: true };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  const code = example().replace('"waywarden"', '"../src/index.ts"');
  host.fileExists = (name) => name === path || fileExists(name);
  host.getSourceFile = (name, ...rest) =>
    name === path ? ts.createSourceFile(name, code, rest[0]) : getSourceFile(name, ...rest);
  const program = ts.createProgram([path], options, host);
  const file = program.getSourceFile(path)!;
  const found = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
  expect(found.map((d) => ts.flattenDiagnosticMessageText(d.messageText, "\n"))).toEqual([]);
  const globals = program.getGlobalDiagnostics();
  expect(globals.map((d) => ts.flattenDiagnosticMessageText(d.messageText, "\n"))).toEqual([]);
});

test("the example of the README runs and writes its pictures", { timeout: 120_000 }, async () => {
  const folder = aFolder();
  const log = await writeLog(await generateDrive(2));
  const body = example()
    .replace(/^import .*\n/gm, "")
    .replace('"drive.mcap"', JSON.stringify(log));
  const { outputText } = ts.transpileModule(body, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
  });
  const lines: unknown[][] = [];
  const names = {
    ...waywarden,
    writeFile: async (name: string, data: Uint8Array) => writeFileSync(join(folder, name), data),
    console: { log: (...line: unknown[]) => lines.push(line) },
  };
  const AsyncFunction = (async () => undefined).constructor as FunctionConstructor;
  const run = new AsyncFunction(...Object.keys(names), outputText);
  await run(...Object.values(names));
  expect(readdirSync(folder).sort()).toEqual(["tick-0.png", "tick-1.png"]);
  expect(lines.filter((line) => line.includes("1 sweeps"))).toHaveLength(2);
});

test("the public API names what the rooms offer, and nothing by accident", () => {
  expect(Object.keys(waywarden).sort()).toEqual([
    "ANSWERS",
    "BEV_CHANNELS",
    "BEV_SPEC",
    "CAR",
    "CARLA",
    "CARLA_ROAD_OPTIONS",
    "ConfigError",
    "DRIVE_VLM",
    "DecisionConsumer",
    "FAULTS",
    "FAULT_CODES",
    "HIGHWAY_ENV",
    "HIGHWAY_ENV_ACTIONS",
    "LATERALS",
    "LONGITUDINALS",
    "MODES",
    "ModelError",
    "NAVSIM",
    "NAVSIM_COMMANDS",
    "OPENPILOT",
    "OPENPILOT_DESIRES",
    "ObstacleDetector",
    "OnnxPlanner",
    "Perception",
    "Pipeline",
    "RATIONALES",
    "RULES",
    "SENNA",
    "SILENCE_MS",
    "Sealer",
    "SourceError",
    "Supervisor",
    "TOPIC_KINDS",
    "VERDICTS",
    "WaywardenError",
    "WireError",
    "counterpartOf",
    "decisionBytesForCompare",
    "decodeAction",
    "decodeDecision",
    "encodeAction",
    "encodeDecision",
    "loadConfig",
    "loadModel",
    "meaningOf",
    "openDecisionFeed",
    "openRooms",
    "openSeal",
    "openSource",
    "renderObservationPicture",
    "runReplay",
    "sendOverride",
    "topicOf",
    "wallNowUs",
  ]);
});
