import { createServer } from "node:net";
import { expect, test } from "vitest";
import { connectBroker } from "../wire/broker-connection.ts";
import { encodeInstruction } from "../wire/instruction-codec.ts";
import { decodeHealth, type Health } from "../wire/status-codec.ts";
import { topicOf } from "../wire/topics.ts";
import { aPipeline, aTickObservation } from "./fakes.cases.ts";
import { Publisher, type PublisherOptions } from "./publisher.ts";

const options = (changes: Partial<PublisherOptions> = {}): PublisherOptions => ({
  broker: "embedded",
  port: 0,
  vehicle: "car",
  key: new Uint8Array(32).fill(5),
  epoch: new Uint8Array(8),
  about: { modelHash: "m", configHash: "c", software: "test", sourceName: "fake" },
  ...changes,
});

test("a taken port is told and another one is used", async () => {
  const occupant = createServer();
  await new Promise<void>((resolve) => occupant.listen(0, "127.0.0.1", resolve));
  const { port } = occupant.address() as { port: number };
  const said: string[] = [];
  const publisher = await Publisher.open(options({ port, onEvent: (text) => said.push(text) }));
  expect(said[0]).toMatch(new RegExp(`^port ${port} is taken by another program; using \\d+$`));
  expect(publisher.url).not.toContain(`:${port}`);
  await publisher.close();
  await new Promise((resolve) => occupant.close(resolve));
});

test("health comes once a second with counts, mode and memory", async () => {
  const publisher = await Publisher.open(options());
  const client = await connectBroker(publisher.url!);
  const beats: Health[] = [];
  const three = new Promise<void>((resolve) => {
    client.on("message", (_topic, payload) => {
      beats.push(decodeHealth(payload));
      if (beats.length === 3) resolve();
    });
  });
  await client.subscribeAsync(topicOf("car", "health"));
  const observation = aTickObservation(0);
  const { decision } = await aPipeline().decide(observation, observation.stampUs + 50_000);
  await publisher.publish(publisher.seal(decision), decision, performance.now());
  await three;
  await client.endAsync(true);
  await publisher.close();
  expect(beats.map((beat) => beat.sequence)).toEqual([0, 1, 2]);
  expect(beats[2]).toMatchObject({ mode: "NORMAL", decisionCount: 1, publishedCount: 1 });
  expect(beats[2]!.rssBytes).toBeGreaterThan(1e7);
  const stepUs = beats[2]!.wallUs - beats[1]!.wallUs;
  expect(stepUs).toBeGreaterThan(900_000);
});

test("an instruction on the topic reaches the service", async () => {
  const texts: string[] = [];
  const publisher = await Publisher.open(
    options({ onInstruction: (route) => texts.push(route.text) }),
  );
  const client = await connectBroker(publisher.url!);
  const bytes = Buffer.from(encodeInstruction({ text: "stop", givenUs: 1 }));
  await client.publishAsync(topicOf("car", "instruction"), bytes, { qos: 1 });
  for (let i = 0; i < 200 && texts.length === 0; i++)
    await new Promise((resolve) => setTimeout(resolve, 10));
  expect(texts).toEqual(["stop"]);
  expect(publisher.counts.instructions).toBe(1);
  await client.endAsync(true);
  await publisher.close();
});

test("without a broker everything is sealed and nothing is published", async () => {
  const publisher = await Publisher.open(options({ broker: "none" }));
  expect(publisher.url).toBeUndefined();
  const { decision } = await aPipeline().decide(aTickObservation(0), 1);
  await publisher.publish(publisher.seal(decision), decision, performance.now());
  expect(publisher.counts).toMatchObject({ published: 0, dropped: 0 });
  await publisher.close();
});
