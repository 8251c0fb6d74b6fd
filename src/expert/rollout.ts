import type { Scene } from "../contract/scene.ts";
import type { Random } from "../world/random.ts";
import { createWorld, type World, type WorldOptions } from "../world/world.ts";
import { expertDecide } from "./decide.ts";
import { drawMeaning } from "./draw-meaning.ts";
import { driveTick } from "./drive.ts";
import { type ActiveInstruction, type ExpertLabel, giveInstruction } from "./meaning.ts";
import type { NavMeaning } from "./navigator/nav-meaning.ts";
import { makeSentence } from "./sentences.ts";

/** One instruction of a rollout and how it ended. */
export type InstructionRun = {
  readonly meaning: NavMeaning;
  readonly lastedS: number;
  readonly answers: readonly string[];
};

/** What happened in one world driven by the expert. */
export type Rollout = {
  readonly world: World;
  readonly ticks: number;
  readonly meanMps: number;
  readonly cruiseMps: number;
  readonly ranRedCount: number;
  readonly offLaneTicks: number;
  readonly hardBrakeTicks: number;
  readonly instructions: readonly InstructionRun[];
};

export type Tick = {
  readonly scene: Scene;
  readonly instruction: ActiveInstruction;
  readonly label: ExpertLabel;
};

/** Lets the expert drive, with a new random instruction every 5–12 s. Ends at a contact. */
export function rollOutExpert(
  seed: number,
  rng: Random,
  durationS: number,
  options: WorldOptions & { readonly instruct?: boolean } = {},
  onTick?: (tick: Tick) => void,
): Rollout {
  const world = createWorld(seed, options);
  const cruiseMps = world.layout.limitMps;
  let instruction = giveInstruction("", { kind: "FOLLOW_ROAD" }, 0, 0);
  let answers: string[] = [];
  let changeS = rng.range(2, 6);
  let givenS = 0;
  const runs: InstructionRun[] = [];
  const close = () =>
    runs.push({ meaning: instruction.meaning, lastedS: world.timeS() - givenS, answers });
  let [ticks, sum, ranRedCount, offLaneTicks, hardBrakeTicks] = [0, 0, 0, 0, 0];
  while (world.timeS() < durationS && world.collision() === undefined) {
    const scene = world.scene();
    if (options.instruct !== false && world.timeS() >= changeS) {
      close();
      const said = makeSentence(drawMeaning(rng, cruiseMps), rng, "train");
      instruction = giveInstruction(said.text, said.meaning, scene.stampUs, scene.ego.speedMps);
      answers = [];
      givenS = world.timeS();
      changeS = givenS + rng.range(5, 12);
    }
    const label = expertDecide(scene, instruction, cruiseMps);
    onTick?.({ scene, instruction, label });
    if (answers[answers.length - 1] !== label.answer) answers.push(label.answer);
    instruction = driveTick(world, scene.ego.speedMps, scene.stampUs, instruction, label);
    ticks++;
    sum += scene.ego.speedMps;
    if (world.ranRed()) ranRedCount++;
    if (scene.ego.accelMps2 < -4) hardBrakeTicks++;
    const d = world.egoRoad().d;
    if (
      Math.min(...world.layout.lanes.map((l) => Math.abs(l.dM - d))) > 1 &&
      label.maneuver.lateral === "KEEP_LANE"
    )
      offLaneTicks++;
  }
  close();
  return {
    world,
    ticks,
    meanMps: sum / Math.max(1, ticks),
    cruiseMps,
    ranRedCount,
    offLaneTicks,
    hardBrakeTicks,
    instructions: runs,
  };
}
