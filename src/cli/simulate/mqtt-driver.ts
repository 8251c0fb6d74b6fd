import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Observation } from "../../contract/observation.ts";
import type { SensorDriver, SensorInput } from "../../scenario/drivers/driver.ts";
import { loadVehicleKey } from "../../service/vehicle-key.ts";
import { LOCK_STEP_KEEPALIVE_S, shownUrl } from "../../wire/broker-connection.ts";
import { DecisionConsumer } from "../../wire/decision-consumer.ts";
import { EmbeddedBroker } from "../../wire/embedded-broker.ts";
import { ObservationSender } from "../../wire/observation-sender.ts";
import { Exchange } from "./exchange.ts";
import { type ServiceArguments, type ServiceProcess, startService } from "./service-process.ts";

export type MqttDriverOptions = {
  /** "embedded" or a broker URL. */
  readonly broker: string;
  readonly modelDir: string;
  readonly delayUs: number;
  /** What the service is sent: the sensor input and nothing else. */
  readonly observe: (input: SensorInput) => Observation;
  /** Where the service records. */
  readonly record?: string;
  /** Tests give a service in this process. */
  readonly start?: (given: ServiceArguments) => ServiceProcess;
};

export type MqttDriver = {
  readonly driver: SensorDriver;
  /** After closing: what the service could not do, such as record. */
  readonly trouble: () => string | undefined;
};

/**
 * Starts the service as a child process and lets it drive over MQTT: observations go to the broker, sealed
 * decisions come back from it. @throws WireError where broker or service fail
 */
export async function openMqttDriver(options: MqttDriverOptions): Promise<MqttDriver> {
  const closers: (() => unknown)[] = [];
  let trouble: string | undefined;
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const embedded = options.broker === "embedded" ? await EmbeddedBroker.start() : undefined;
    if (embedded) closers.push(() => embedded.close());
    const broker = embedded?.url ?? options.broker;
    const vehicle = `sim-${process.pid}`;
    const dir = mkdtempSync(join(tmpdir(), "waywarden-simulate-"));
    closers.push(() => rmSync(dir, { recursive: true, force: true }));
    const { key, path: keyFile } = await loadVehicleKey(join(dir, "sim.key"), true);
    const exchange = new Exchange(shownUrl(broker), options.delayUs);
    const consumer = await DecisionConsumer.open({
      ...{ url: broker, vehicle, key },
      nowUs: () => exchange.nowUs,
      keepaliveS: LOCK_STEP_KEEPALIVE_S,
      onEvent: (event) => exchange.hear(event),
    });
    closers.push(() => consumer.close());
    const sender = await ObservationSender.connect(broker, vehicle, {
      keepaliveS: LOCK_STEP_KEEPALIVE_S,
    });
    closers.push(() => sender.close());
    const { modelDir, record } = options;
    const service = (options.start ?? startService)({
      ...{ broker, vehicle, keyFile, modelDir },
      ...(record === undefined ? {} : { record }),
    });
    closers.push(async () => {
      exchange.close();
      trouble = await service.stop();
    });
    void service.ended.then((why) =>
      exchange.fail("WIRE_SERVICE_ENDED", `the service ended: ${why}`),
    );
    await exchange.online();
    const decide = (input: SensorInput) => exchange.ask(options.observe(input), sender);
    return { driver: { sees: "SENSORS", decide, close }, trouble: () => trouble };
  } catch (error) {
    await close();
    throw error;
  }
}
