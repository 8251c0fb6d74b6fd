import { buildLaneGraph } from "../../src/world/graph/build.ts";
import { aCrossroads, aLight, aSection, inSignals } from "../../src/world/graph/roads.fixture.ts";
import { aFile, aLane, aRoad } from "../../src/world/opendrive/open-drive.fixture.ts";
import { parseOpenDrive } from "../../src/world/opendrive/parse.ts";
import type { Random } from "../../src/world/random.ts";
import { mutateBytes } from "./mutate.ts";
import type { FuzzTarget } from "./target.ts";

const curve = (shape: string) =>
  `<geometry s="0" x="0" y="0" hdg="0" length="100">${shape}</geometry>`;

const GOOD: readonly string[] = [
  aFile(...aCrossroads({ arms: { e: inSignals(aLight("l")) } })),
  aFile(
    aRoad({
      planView: curve('<spiral curvStart="0" curvEnd="0.02"/>'),
      lanes: aSection(aLane(1), "", aLane(-1, '<link><successor id="-1"/></link>')),
    }),
    aRoad({ id: "2", planView: curve('<poly3 a="0" b="0" c="0.001" d="0"/>') }),
    aRoad({
      id: "3",
      planView: curve(
        '<paramPoly3 pRange="arcLength" aU="0" bU="1" cU="0" dU="0" aV="0" bV="0" cV="0.001" dV="0"/>',
      ),
    }),
  ),
];

/** Values that are wrong for most attributes, and right or absurd for some. */
const ODD_VALUES = [
  ...["", "NaN", "INF", "-1", "0", "1e999", "1e300", "-1e300", "1e9", "1e6", "1e-300", "0x10"],
  ...["1,5", "1e5", "-99", "driving", "start", "1000", "0.001", " 3 ", "&lt;", "__proto__"],
];

/** OpenDRIVE files, from bytes to the graph of lanes. */
export const roadTargets = (): FuzzTarget[] => [
  {
    name: "opendrive",
    share: 4000,
    corpus: GOOD.map((text) => new TextEncoder().encode(text)),
    mutate: (random, input, others) =>
      random.chance(0.3) ? mutateBytes(random, input, others) : mutateXml(random, input),
    run: (input) => {
      const drive = parseOpenDrive(new TextDecoder().decode(input), "fuzz.xodr");
      const { lanes } = buildLaneGraph(drive);
      const finite = lanes.every(({ xM, yM, zM, yawRad, curvatureInvm, widthM }) =>
        [xM, yM, zM, yawRad, curvatureInvm, widthM].every((column) =>
          column.every(Number.isFinite),
        ),
      );
      if (!finite) throw new Error("finite lanes expected, found NaN or infinity");
      return "ok";
    },
  },
];

/** Keeps the file well-formed: attributes get odd values, elements get lost, doubled or renamed. */
function mutateXml(random: Random, input: Uint8Array): Uint8Array {
  let text = new TextDecoder().decode(input);
  for (let n = random.int(1, 3); n > 0; n--) {
    const kind = random.int(0, 9);
    if (kind < 6) text = atRandom(random, text, /"[^"<>]*"/g, () => `"${random.pick(ODD_VALUES)}"`);
    else if (kind === 6) text = atRandom(random, text, / [a-zA-Z]+="[^"]*"/g, () => "");
    else if (kind === 7) text = atRandom(random, text, /<[a-zA-Z]+[^<>]*\/>/g, () => "");
    else if (kind === 8) text = atRandom(random, text, /<[a-zA-Z]+[^<>]*\/>/g, (one) => one + one);
    else text = atRandom(random, text, /<[a-z]+ /g, () => "<other ");
  }
  return new TextEncoder().encode(text);
}

/** Replaces one match, drawn at random. */
function atRandom(
  random: Random,
  text: string,
  pattern: RegExp,
  replace: (match: string) => string,
): string {
  const matches = [...text.matchAll(pattern)];
  if (matches.length === 0) return text;
  const { index, 0: match } = random.pick(matches);
  return text.slice(0, index) + replace(match) + text.slice(index + match.length);
}
