import { generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { RuleHit } from "../contract/decision.ts";
import { encodeOverride, type Override } from "../wire/override-codec.ts";
import { topicOf } from "../wire/topics.ts";
import { NONCE_VALID_MS, OverrideDesk } from "./override-desk.ts";

const TOPIC = topicOf("car", "override");
const { privateKey, publicKey } = generateKeyPairSync("ed25519");

/** A desk with a clock that the test moves, counted nonces and a record of what it says. */
function aDesk() {
  const world = { nowMs: 1000, nonces: 0, changes: 0, said: [] as string[] };
  const seen = new Set<number>();
  const desk = new OverrideDesk({
    topic: TOPIC,
    publicKey,
    ledger: { has: (counter) => seen.has(counter), add: (counter) => void seen.add(counter) },
    nowMs: () => world.nowMs,
    randomBytes: (count) => new Uint8Array(count).fill(++world.nonces),
    say: (text) => world.said.push(text),
  });
  desk.onChange = () => world.changes++;
  return { desk, world };
}

let next = 0;
const bytesOf = (changes: Partial<Override> = {}, key = privateKey) =>
  encodeOverride(
    TOPIC,
    { kind: "STOP", counter: next++, nonce: new Uint8Array(0), ...changes },
    key,
  );
const release = (desk: OverrideDesk, changes: Partial<Override> = {}) =>
  desk.receive(bytesOf({ kind: "RELEASE", nonce: desk.status.nonce, ...changes }), false);
const hits = (mode: RuleHit["mode"]): { hits: RuleHit[] } => ({
  hits: [{ rule: "S01", mode, value: 1, limit: 0, unit: "", detail: "" }],
});

describe("S01 the override desk", () => {
  test("S01 a STOP is in force at once, of any age, and the status confirms it", () => {
    const { desk, world } = aDesk();
    expect(desk.input).toEqual({ stop: false, releaseCount: 0 });
    expect(desk.status).toMatchObject({ stopped: false, nonce: new Uint8Array(0) });
    const old = bytesOf({ counter: 77 });
    world.nowMs += 1e9;
    expect(desk.receive(old, false)).toBeUndefined();
    expect(desk.input.stop).toBe(true);
    expect(desk.status).toMatchObject({ stopped: true, lastCounter: 77, acceptedCount: 1 });
    expect(desk.status.nonce).toHaveLength(16);
    expect(world.changes).toBe(1);
  });

  test("S01 S05 the same STOP works once; counters may come in any order", () => {
    const { desk } = aDesk();
    const stop = bytesOf({ counter: 1e9 });
    expect(desk.receive(stop, false)).toBeUndefined();
    expect(release(desk)).toBeUndefined();
    expect(desk.receive(stop, false)).toBe("REPLAYED");
    expect(desk.input.stop).toBe(false);
    expect(desk.receive(bytesOf({ counter: 5e8 }), false)).toBeUndefined();
    expect(desk.input.stop).toBe(true);
  });

  test("S01 retained, forged, malformed and replayed ones are refused and counted", () => {
    const { desk, world } = aDesk();
    const forger = generateKeyPairSync("ed25519").privateKey;
    expect(desk.receive(bytesOf(), true)).toBe("RETAINED");
    expect(desk.receive(bytesOf({}, forger), false)).toBe("FORGED");
    expect(desk.receive(bytesOf({}, forger), false)).toBe("FORGED");
    expect(desk.receive(Uint8Array.of(1, 2, 3), false)).toBe("MALFORMED");
    expect(desk.input.stop).toBe(false);
    expect(desk.status.refusals).toEqual([
      { reason: "RETAINED", count: 1 },
      { reason: "FORGED", count: 2 },
      { reason: "MALFORMED", count: 1 },
    ]);
    expect(world.changes).toBe(0);
    expect(world.said[1]).toBe(
      "override refused: FORGED: the signature does not fit the override key of this vehicle",
    );
  });

  test("S01 a RELEASE answers the newest nonce, once, while it is fresh", () => {
    const { desk, world } = aDesk();
    expect(release(desk, { nonce: new Uint8Array(16) })).toBe("STALE_NONCE");
    desk.receive(bytesOf(), false);
    const { nonce } = desk.status;
    expect(release(desk, { nonce: new Uint8Array(16) })).toBe("STALE_NONCE");
    world.nowMs += NONCE_VALID_MS - 1;
    expect(release(desk, { nonce })).toBeUndefined();
    expect(desk.input).toEqual({ stop: false, releaseCount: 1 });
    desk.receive(bytesOf(), false);
    expect(release(desk, { nonce })).toBe("STALE_NONCE");
    world.nowMs += NONCE_VALID_MS;
    expect(release(desk)).toBe("STALE_NONCE");
    desk.refresh();
    expect(release(desk)).toBeUndefined();
    expect(desk.input).toEqual({ stop: false, releaseCount: 2 });
  });

  test("S01 a STOP voids the nonce before it: a release on its way does not undo it", () => {
    const { desk } = aDesk();
    desk.receive(bytesOf(), false);
    const { nonce } = desk.status;
    desk.receive(bytesOf(), false);
    expect(release(desk, { nonce })).toBe("STALE_NONCE");
    expect(desk.input.stop).toBe(true);
  });

  test("nonces are renewed only when needed and told only when new", () => {
    const { desk, world } = aDesk();
    desk.refresh();
    expect(world).toMatchObject({ nonces: 0, changes: 0 });
    desk.receive(bytesOf(), false);
    desk.refresh();
    expect(world).toMatchObject({ nonces: 1, changes: 1 });
    world.nowMs += NONCE_VALID_MS;
    desk.refresh();
    expect(world).toMatchObject({ nonces: 2, changes: 2 });
  });

  test("S01 the time from reception to the decision that obeys is told", () => {
    const { desk, world } = aDesk();
    desk.receive(bytesOf(), false);
    expect(desk.status.reactionMs).toBeUndefined();
    world.nowMs += 60;
    desk.noteDecision({ hits: [] });
    expect(desk.status.reactionMs).toBeUndefined();
    world.nowMs += 30;
    desk.noteDecision(hits("EMERGENCY_STOP"));
    expect(desk.status.reactionMs).toBe(90);
    world.nowMs += 500;
    desk.noteDecision(hits("HOLD"));
    expect(desk.status.reactionMs).toBe(90);
    desk.receive(bytesOf(), false);
    expect(desk.status.reactionMs).toBeUndefined();
  });

  test("S01 a stop at the wheel gets a nonce too; the accelerator does not", () => {
    const { desk, world } = aDesk();
    desk.noteDecision(hits("CAUTION"));
    expect(desk.status.stopped).toBe(false);
    desk.noteDecision(hits("EMERGENCY_STOP"));
    expect(desk.status).toMatchObject({ stopped: true });
    expect(desk.status.reactionMs).toBeUndefined();
    expect(world.changes).toBe(1);
    expect(release(desk)).toBeUndefined();
    expect(desk.input).toEqual({ stop: false, releaseCount: 1 });
    desk.noteDecision({ hits: [] });
    expect(desk.status).toMatchObject({ stopped: false, nonce: new Uint8Array(0) });
  });

  test("a desk that nobody listens to works all the same", () => {
    const quiet = new OverrideDesk({
      topic: TOPIC,
      publicKey,
      ledger: { has: () => false, add: () => undefined },
      nowMs: () => 0,
      randomBytes: (count) => new Uint8Array(count),
    });
    expect(quiet.receive(bytesOf(), false)).toBeUndefined();
    expect(quiet.input.stop).toBe(true);
  });
});
