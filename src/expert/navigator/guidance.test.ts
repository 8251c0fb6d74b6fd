import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import type { LaneGraph, LaneRoute } from "../../contract/lane-graph.ts";
import { buildLaneGraph } from "../../world/graph/build.ts";
import { randomRoute } from "../../world/graph/route.ts";
import { randomGraph } from "../../world/make-roads/make-roads.ts";
import { parseOpenDrive } from "../../world/opendrive/parse.ts";
import { Random } from "../../world/random.ts";
import { junctionGraph } from "../../world/testing/graphs.ts";
import { guideRoute, type RouteSentence } from "./guidance.ts";
import { judgeInstruction } from "./judge.ts";
import { highway, roundabout } from "./roads.fixture.ts";
import { routeEvents } from "./route-events.ts";
import type { Voice } from "./say.ts";
import { splitPhrases } from "./split.ts";
import { alongRoute } from "./trace.fixture.ts";

const VOICE: Voice = { words: splitPhrases(1), split: "train", manner: "PLAIN", typoProb: 0 };
const route = (graph: LaneGraph, lanes: readonly number[]): LaneRoute => ({
  lanes,
  lengthM: lanes.reduce((sum, i) => sum + graph.lanes[i]!.lengthM, 0),
});

/** Sentences that a drive along the route does not fulfil from where they are said. */
function missed(graph: LaneGraph, way: LaneRoute, sentences: readonly RouteSentence[]) {
  return sentences.flatMap((sentence) => {
    const { meaning, fromM } = sentence;
    if (meaning.kind === "FOLLOW_ROAD") return [];
    const verdict = judgeInstruction(meaning, alongRoute(graph, way, fromM, 10), graph);
    return verdict.outcome === "DONE" ? [] : [{ ...sentence, verdict }];
  });
}

const SHARED = resolve(
  import.meta.dirname,
  "../../..",
  process.env.WAYWARDEN_SHARED ?? "../shared",
  "scenarios/towns",
);
const TOWNS = ["Town02.xodr", "Town10HD.xodr", "Town04.xodr"] as const;
const present = existsSync(SHARED);
if (!present) console.log(`skipped: towns are not at ${SHARED} (set WAYWARDEN_SHARED)`);

describe("a route becomes sentences", () => {
  test("over a junction with lights", () => {
    const graph = junctionGraph({ control: "LIGHTS" });
    const inbound = graph.lanes.findIndex(({ stops }) => stops.length > 0);
    const inside = graph.lanes[inbound]!.successors.find((i) => graph.lanes[i]!.turn === "LEFT")!;
    const way = route(graph, [inbound, inside, graph.lanes[inside]!.successors[0]!]);
    for (let seed = 0; seed < 20; seed++) {
      const said = guideRoute(graph, way, new Random(seed), VOICE);
      const turns = said.filter(({ meaning }) => meaning.kind === "TURN");
      expect(turns.length).toBeGreaterThan(0);
      for (const { text, meaning } of turns) {
        expect(meaning).toMatchObject({ way: "LEFT" });
        expect(text).toMatch(/left/i);
      }
      expect(missed(graph, way, said)).toEqual([]);
    }
  });

  test("exits of a roundabout are counted", () => {
    const { graph, inbound, outbound, past, between } = roundabout(4);
    const enters = graph.lanes[inbound[0]!]!.successors[0]!;
    const leaves = graph.lanes[outbound[2]!]!.predecessors[0]!;
    const ring = [between[0]!, past[1]!, between[1]!];
    const way = route(graph, [inbound[0]!, enters, ...ring, leaves, outbound[2]!]);
    expect(routeEvents(graph, way).map(({ step }) => step)).toEqual([
      { kind: "ROUNDABOUT", exit: 2 },
      { kind: "ARRIVE", inM: 0 },
    ]);
    const said = guideRoute(graph, way, new Random(3), VOICE);
    expect(said.some(({ text }) => /second|2nd/.test(text))).toBe(true);
    expect(missed(graph, way, said)).toEqual([]);
  });

  test.each([1, 2])("random roundabouts of several lanes, seed %d", (seed) => {
    const graph = randomGraph("ROUNDABOUT", seed);
    let rounds = 0;
    for (const from of [1, 2]) {
      const way = randomRoute(graph, new Random(from), 600)!;
      const said = guideRoute(graph, way, new Random(from), VOICE);
      rounds += said.filter(({ text }) => /roundabout|round/i.test(text)).length;
      expect(missed(graph, way, said)).toEqual([]);
    }
    expect(rounds).toBeGreaterThan(0);
  });

  test("keep right, then take the exit; and onto the highway", () => {
    const { graph, before, offRamp, onRamp, after } = highway();
    const off = route(graph, [before[0]!, before[1]!, offRamp]);
    const [both] = guideRoute(graph, off, new Random(1), VOICE).filter(
      ({ meaning }) => meaning.kind === "SEQUENCE",
    );
    expect(both!.meaning).toEqual({
      kind: "SEQUENCE",
      steps: [{ kind: "CHANGE_LANE", side: "RIGHT" }, { kind: "LEAVE_HIGHWAY" }],
    });
    const on = route(graph, [onRamp, after[1]!]);
    expect(routeEvents(graph, on)[0]!.step).toEqual({ kind: "ENTER_HIGHWAY" });
    expect(missed(graph, on, guideRoute(graph, on, new Random(1), VOICE))).toEqual([]);
  });

  test("sentences come in order, each in force until the next or its event", () => {
    const graph = junctionGraph({ control: "PRIORITY", laneCount: 2 });
    for (let seed = 0; seed < 10; seed++) {
      const way = randomRoute(graph, new Random(seed), 1500)!;
      const said = guideRoute(graph, way, new Random(seed), VOICE);
      expect(said).toEqual(guideRoute(graph, way, new Random(seed), VOICE));
      for (const [i, { fromM, toM, text }] of said.entries()) {
        expect(fromM).toBeGreaterThanOrEqual(i > 0 ? said[i - 1]!.toM : 0);
        expect(toM).toBeGreaterThan(fromM);
        expect(text).not.toMatch(/[{}[\]|]|undefined|NaN/);
      }
    }
  });
});

describe.skipIf(!present)("towns", () => {
  test.each(TOWNS)("%s: whoever drives the route does what is said", (file) => {
    const text = readFileSync(resolve(SHARED, file), "utf8");
    const graph = buildLaneGraph(parseOpenDrive(text, file));
    const kinds = new Map<string, number>();
    let count = 0;
    const bad: unknown[] = [];
    for (let seed = 0; seed < 6; seed++) {
      const way = randomRoute(graph, new Random(seed), 900)!;
      const said = guideRoute(graph, way, new Random(seed), VOICE);
      for (const { meaning } of said) kinds.set(meaning.kind, (kinds.get(meaning.kind) ?? 0) + 1);
      count += said.length;
      bad.push(...missed(graph, way, said));
    }
    console.log(`${file}: ${count} sentences, ${JSON.stringify(Object.fromEntries(kinds))}`);
    expect(bad).toEqual([]);
  });
});
