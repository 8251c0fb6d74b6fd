import type { Command } from "commander";
import { defaultKeyPath, loadVehicleKey } from "../../service/vehicle-key.ts";
import { type ConsumerEvent, DecisionConsumer } from "../../wire/decision-consumer.ts";
import { formatDecision } from "../format.ts";
import type { Io } from "../io.ts";
import * as parse from "../options.ts";

type WatchFlags = { readonly broker: string; readonly vehicle: string; readonly key?: string };

/** `waywarden watch`: subscribes, verifies every seal, prints one line per decision. */
export function registerWatch(program: Command, io: Io): void {
  program
    .command("watch")
    .description("print the decisions of a vehicle after verifying their seals")
    .option("--broker <url>", "broker URL", parse.DEFAULT_BROKER_URL)
    .option("--vehicle <name>", "name in the topics", parse.vehicleName, parse.DEFAULT_VEHICLE)
    .option("--key <file>", "sealing key of the vehicle (default: the one made by replay)")
    .action(async (flags: WatchFlags) => watch(flags, io));
}

async function watch(flags: WatchFlags, io: Io): Promise<void> {
  const { key } = await loadVehicleKey(flags.key ?? defaultKeyPath(flags.vehicle), false);
  const printer = new WatchPrinter(io);
  const feed = await DecisionConsumer.open({
    url: flags.broker,
    vehicle: flags.vehicle,
    key,
    // A replay's decisions carry the time of its log.
    nowUs: "unchecked",
    followRestarts: true,
    onEvent: (event) => printer.print(event),
  });
  io.say(`watching ${flags.vehicle} on ${flags.broker}; Ctrl-C ends`);
  await new Promise<void>((resolve) => {
    if (io.signal.aborted) resolve();
    else io.signal.addEventListener("abort", () => resolve());
  });
  await feed.close();
  io.say(printer.totals());
}

/** Prints events of a feed and counts them. */
export class WatchPrinter {
  readonly #io: Io;
  #firstUs: number | undefined;
  #good = 0;
  #bad = 0;
  #lost = 0;
  #silences = 0;
  #silent = false;

  constructor(io: Io) {
    this.#io = io;
  }

  print(event: ConsumerEvent): void {
    switch (event.kind) {
      case "decision": {
        this.#good++;
        if (this.#silent) this.#io.say("decisions again");
        this.#silent = false;
        this.#lost += event.lostCount;
        const { decision, lostCount } = event;
        this.#firstUs ??= decision.observationStampUs;
        const note = lostCount > 0 ? ` [${lostCount} lost before this one]` : "";
        this.#io.out(formatDecision(decision, this.#firstUs, note));
        break;
      }
      case "refused":
        this.#bad++;
        this.#lost += event.lostCount;
        this.#io.say(`bad seal ${this.#bad}: ${event.status}: ${event.detail}`);
        break;
      case "silence":
        // Before the first decision nothing has fallen silent.
        if (this.#good === 0) break;
        this.#silences++;
        this.#silent = true;
        this.#io.say(`no decision for ${event.silentMs.toFixed(0)} ms: EMERGENCY_STOP`);
        break;
      case "status":
        if (event.status.state === "STARTING") this.#firstUs = undefined;
        this.#io.say(`status ${event.status.state}, source ${event.status.sourceName}`);
        break;
      case "trouble":
        this.#io.say(event.detail);
    }
  }

  totals(): string {
    return `${this.#good} decisions, ${this.#bad} bad seals, ${this.#lost} lost, ${this.#silences} times silent`;
  }
}
