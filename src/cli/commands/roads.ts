import { readFile, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { type Command, Option } from "commander";
import type { LaneGraph, LaneRoute } from "../../contract/lane-graph.ts";
import { encodeSvgAsPng } from "../../image/encode.ts";
import { laneGraphSvg } from "../../picture/lane-graph-svg.ts";
import { buildLaneGraph } from "../../world/graph/build.ts";
import { randomRoute } from "../../world/graph/route.ts";
import { makeRoads, ROAD_KINDS, type RoadKind } from "../../world/make-roads/make-roads.ts";
import type { OpenDrive } from "../../world/opendrive/model.ts";
import { parseOpenDrive } from "../../world/opendrive/parse.ts";
import { writeOpenDrive } from "../../world/opendrive/write.ts";
import { Random } from "../../world/random.ts";
import { type Io, UnusableInputError } from "../io.ts";
import * as parse from "../options.ts";

type Flags = {
  readonly json?: true;
  readonly picture?: string;
  readonly route?: number;
  readonly random?: RoadKind;
  readonly seed: number;
  readonly size?: number;
  readonly xodr?: string;
};

/** Routes on request are at least this long where the map allows. */
const ROUTE_MIN_M = 500;

/** `waywarden roads [file]`: what an OpenDRIVE file or random roads become, in numbers and as a picture. */
export function registerRoads(program: Command, io: Io): void {
  program
    .command("roads")
    .description("show lanes, lights and routes of an OpenDRIVE file or of random roads")
    .argument("[file]", "OpenDRIVE 1.4 to 1.7 (.xodr)")
    .addOption(
      new Option("--random <kind>", "make random roads instead of reading a file").choices(
        ROAD_KINDS,
      ),
    )
    .option("--seed <seed>", "seed of the random roads", parse.seed, 0)
    .option("--size <metres>", "extent of the random roads", parse.roadsSizeM)
    .option("--xodr <file>", "write the roads as OpenDRIVE")
    .option("--picture <file>", "write the roads from above (.svg or .png)")
    .option("--route <seed>", "find a random route and draw it into the picture", parse.seed)
    .option("--json", "print one JSON object on stdout and nothing else there")
    .action(async (path: string | undefined, flags: Flags) => {
      const drive = await driveOf(path, flags);
      const graph = buildLaneGraph(drive);
      const { route: seed } = flags;
      const route =
        seed === undefined ? undefined : randomRoute(graph, new Random(seed), ROUTE_MIN_M);
      if (flags.xodr !== undefined) await writeFile(flags.xodr, writeOpenDrive(drive));
      if (flags.picture !== undefined) await writePicture(flags.picture, graph, route);
      const summary = summarize(drive, graph, route);
      if (flags.json) io.out(JSON.stringify(summary));
      else for (const line of linesOf(summary)) io.out(line);
    });
}

async function driveOf(path: string | undefined, flags: Flags): Promise<OpenDrive> {
  const { random: kind, seed, size: sizeM } = flags;
  if ((path === undefined) === (kind === undefined))
    throw new UnusableInputError(
      "USAGE",
      `roads: either a file or --random KIND expected, found ${path === undefined ? "neither" : "both"}`,
    );
  if (kind !== undefined)
    return makeRoads({ kind, seed, ...(sizeM === undefined ? {} : { sizeM }) });
  return parseOpenDrive(await readText(path!), basename(path!));
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    const message = `${path}: an OpenDRIVE file expected, found nothing to read`;
    throw new UnusableInputError("ROAD_FILE_NOT_READABLE", message, { cause });
  }
}

async function writePicture(path: string, graph: LaneGraph, route?: LaneRoute): Promise<void> {
  const svg = laneGraphSvg(graph, route);
  if (path.endsWith(".svg")) return writeFile(path, svg);
  if (path.endsWith(".png")) return writeFile(path, await encodeSvgAsPng(svg));
  throw new UnusableInputError(
    "USAGE",
    `--picture: a file ending in .svg or .png expected, found ${path}`,
  );
}

function summarize(drive: OpenDrive, graph: LaneGraph, route: LaneRoute | undefined) {
  const driving = graph.lanes.filter(({ kind }) => kind === "DRIVING");
  const count = (kind: string) => graph.stopLines.filter((line) => line.kind === kind).length;
  return {
    name: graph.name,
    version: `${drive.header.revMajor}.${drive.header.revMinor}`,
    roads: drive.roads.length,
    junctions: drive.junctions.length,
    lanes: graph.lanes.length,
    drivingLanes: driving.length,
    drivingLengthM: Math.round(driving.reduce((sum, { lengthM }) => sum + lengthM, 0)),
    lights: graph.signals.length,
    stopLines: { light: count("LIGHT"), stop: count("STOP"), yield: count("YIELD") },
    conflicts: graph.lanes.reduce((sum, { conflicts }) => sum + conflicts.length, 0) / 2,
    kerbs: graph.kerbs.length,
    crossings: graph.crossings.length,
    ...(route ? { route: { lanes: route.lanes, lengthM: Math.round(route.lengthM) } } : {}),
  };
}

const linesOf = (all: ReturnType<typeof summarize>): string[] => [
  `${all.name}: OpenDRIVE ${all.version}, ${all.roads} roads, ${all.junctions} junctions`,
  `lanes       ${all.lanes}, ${all.drivingLanes} of them driving, ${(all.drivingLengthM / 1000).toFixed(1)} km`,
  `lights      ${all.lights}`,
  `stop lines  ${all.stopLines.light} at lights, ${all.stopLines.stop} at stop signs, ${all.stopLines.yield} at yield signs`,
  `conflicts   ${all.conflicts} pairs of ways through junctions`,
  `kerbs       ${all.kerbs}, crossings ${all.crossings}`,
  ...(all.route ? [`route       ${all.route.lengthM} m over ${all.route.lanes.length} lanes`] : []),
];
