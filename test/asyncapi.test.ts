/** docs/asyncapi.json and the code say the same. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { VALID_MS_MAX } from "../src/wire/seal.ts";
import { publishOptions, TOPICS, topicOf, type UsedTopic } from "../src/wire/topics.ts";

const ROOT = join(import.meta.dirname, "..");
type Ref = { readonly $ref: string };
type Operation = {
  readonly action: "send" | "receive";
  readonly channel: Ref;
  readonly bindings: { readonly mqtt: { readonly qos: number; readonly retain: boolean } };
};
type Channel = {
  readonly address: string;
  readonly description: string;
  readonly messages: Readonly<Record<string, Ref>>;
};
const doc = JSON.parse(readFileSync(join(ROOT, "docs", "asyncapi.json"), "utf8")) as {
  readonly asyncapi: string;
  readonly info: { readonly version: string };
  readonly channels: Readonly<Record<string, Channel>>;
  readonly operations: Readonly<Record<string, Operation>>;
  readonly components: {
    readonly messages: Readonly<
      Record<string, { readonly name: string; readonly payload: { readonly schema: string } }>
    >;
  };
};
const kinds = Object.keys(TOPICS) as UsedTopic[];

describe("docs/asyncapi.json", () => {
  test("is AsyncAPI 3 of this version", () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
    expect(doc.asyncapi).toBe("3.0.0");
    expect(doc.info.version).toBe(version);
  });

  test("has the topics of the code and no other", () => {
    expect(Object.keys(doc.channels).sort()).toEqual([...kinds].sort());
    for (const kind of kinds)
      expect(doc.channels[kind]!.address.replace("{vehicle}", "car")).toBe(topicOf("car", kind));
  });

  test.each(kinds)("%s: message, direction, QoS and retain are those of the code", (kind) => {
    const { message, qos, retain, sender } = TOPICS[kind];
    const operations = Object.values(doc.operations).filter(
      ({ channel }) => channel.$ref === `#/channels/${kind}`,
    );
    expect(operations).toHaveLength(1);
    expect(operations[0]).toMatchObject({
      action: sender === "service" ? "send" : "receive",
      bindings: { mqtt: { qos, retain } },
    });
    expect(publishOptions(kind)).toMatchObject({ qos, retain });
    expect(doc.channels[kind]!.messages).toEqual({
      [message]: { $ref: `#/components/messages/${message}` },
    });
  });

  test("every message is defined in the schema that it names, and every one is used", () => {
    const used = kinds.map((kind) => TOPICS[kind].message).sort();
    expect(Object.keys(doc.components.messages).sort()).toEqual(used);
    for (const [name, message] of Object.entries(doc.components.messages)) {
      expect(message.name).toBe(`waywarden.v1.${name}`);
      const proto = readFileSync(join(ROOT, message.payload.schema), "utf8");
      expect(proto).toMatch(new RegExp(`^message ${name} \\{`, "m"));
      expect(proto).toMatch(/^package waywarden\.v1;/m);
    }
  });

  test("says the bound of silence that the code has", () => {
    expect(doc.channels.decision!.description).toContain(`${VALID_MS_MAX} ms`);
  });
});
