import { type Command, Option } from "commander";
import { loadConfig } from "../../service/config.ts";
import { overrideKeyPaths } from "../../service/override-keys.ts";
import { runScenes } from "../../service/run-scenes.ts";
import { defaultKeyPath, loadVehicleKey } from "../../service/vehicle-key.ts";
import { formatDecision } from "../format.ts";
import { type Io, UnusableInputError } from "../io.ts";
import * as parse from "../options.ts";
import { defaultModelDir, findPackage } from "../package-root.ts";
import { makeEyes } from "../scene/eyes.ts";
import { readRigFile } from "../scene/rig-file.ts";
import { passThrough } from "../simulate/pass-through.ts";
import { sensorsNeeded } from "../simulate/sense.ts";
import { TruthPerception, withTruth } from "../truth-perception.ts";

type SceneFlags = {
  readonly broker: string;
  readonly vehicle: string;
  readonly truth?: true;
  readonly safety: "on" | "off";
  readonly silence: number;
  readonly rig?: string;
  readonly config?: string;
  readonly key?: string;
  readonly model?: string;
  readonly quiet?: true;
};

/** `waywarden scene`: drives a simulator that publishes Scenes, in lock-step (docs/scene.md). */
export function registerScene(program: Command, io: Io): void {
  program
    .command("scene")
    .description("drive a simulator: Scenes over MQTT in, one decision back for each, in lock-step")
    .option("--broker <url>", 'broker URL, or "embedded"', parse.DEFAULT_BROKER_URL)
    .option("--vehicle <name>", "name in the topics", parse.vehicleName, parse.DEFAULT_VEHICLE)
    .option(
      "--truth",
      "the BevState of truth instead of cameras and the network: faster, not scored",
    )
    .addOption(
      new Option("--safety <state>", "the safety layer").choices(["on", "off"]).default("on"),
    )
    .option("--silence <s>", "so long without a Scene a simulator has stopped", parse.silenceS, 5)
    .option("--rig <file>", "cameras and LiDARs of the vehicle, as JSON (default: the demo's)")
    .option("--config <file>", "JSON configuration")
    .option("--key <file>", "sealing key, 64 hex digits (default: made at first start)")
    .option("--model <dir>", "model folder (default: the one that ships)")
    .option("--quiet", "print no line per decision")
    .action((flags: SceneFlags) => scene(flags, io));
}

async function scene(flags: SceneFlags, io: Io): Promise<void> {
  if (flags.broker === "none")
    throw new UnusableInputError(
      "SCENE_BROKER",
      '--broker: a URL or "embedded" expected, found none (scenes come through a broker)',
    );
  const own = flags.rig === undefined ? undefined : readRigFile(flags.rig);
  const effective = await loadConfig(flags.config);
  const { config, configHash, host } = effective;
  io.say(`config ${configHash.slice(0, 16)} ${JSON.stringify(config)}`);
  const keyPath = flags.key ?? host.keyFile ?? defaultKeyPath(flags.vehicle);
  const { key, path, created } = await loadVehicleKey(keyPath, true);
  io.say(`key ${path}${created ? " (made now)" : ""}`);
  const truth = flags.truth ? new TruthPerception() : undefined;
  const rig = sensorsNeeded({ bev: truth ? "truth" : "perceived", safety: flags.safety }, own);
  let firstUs: number | undefined;
  await runScenes({
    effective,
    key,
    // without the safety layer there is nobody to obey
    ...(flags.safety === "on" ? { overrideKeys: overrideKeyPaths(path) } : {}),
    broker: flags.broker,
    vehicle: flags.vehicle,
    modelDir: flags.model ?? host.modelDir ?? defaultModelDir(),
    silenceMs: flags.silence * 1000,
    eyes: makeEyes(rig, truth),
    cameraCount: rig.cameras.length,
    furnish: (rooms) => {
      const seeing = truth ? withTruth(rooms, truth) : rooms;
      return flags.safety === "on" ? seeing : { ...seeing, supervisor: passThrough() };
    },
    software: `waywarden ${findPackage().version}`,
    signal: io.signal,
    say: io.say,
    onReady: (url) =>
      io.say(
        `waiting for scenes of ${flags.vehicle} on ${url}${truth ? ", BevState from truth" : ""}${flags.safety === "off" ? ", safety off" : ""}; Ctrl-C ends`,
      ),
    onTick: ({ decision }) => {
      firstUs ??= decision.observationStampUs;
      if (!flags.quiet) io.out(formatDecision(decision, firstUs));
    },
  });
}
