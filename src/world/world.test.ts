import { expect, test } from "vitest";
import type { Scene } from "../contract/scene.ts";
import { boxesOverlap } from "./box.ts";
import { createWorld, type WorldOptions } from "./world.ts";

const COAST = { accelMps2: 0, curvatureInvm: 0 };
const egoBox = ({ ego }: Scene) => ({
  xM: ego.xM + 1.35 * Math.cos(ego.yawRad),
  yM: ego.yM + 1.35 * Math.sin(ego.yawRad),
  yawRad: ego.yawRad,
  lengthM: ego.lengthM,
  widthM: ego.widthM,
});

function scenes(seed: number, ticks: number, options: WorldOptions = {}): Scene[] {
  const world = createWorld(seed, options);
  const out = [world.scene()];
  for (let i = 0; i < ticks; i++) {
    world.step(0.1, { accelMps2: i % 3 === 0 ? 0.3 : -0.2, curvatureInvm: 0 });
    out.push(world.scene());
  }
  return out;
}

test("the same seed gives the same scenes to the bit, another seed others", () => {
  for (const seed of [1, 2, 77]) expect(scenes(seed, 60)).toEqual(scenes(seed, 60));
  expect(scenes(1, 1)).not.toEqual(scenes(2, 1));
});

test("nobody overlaps anybody when a world begins", () => {
  for (let seed = 0; seed < 150; seed++) {
    const scene = createWorld(seed).scene();
    const boxes = [egoBox(scene), ...scene.objects];
    for (let i = 0; i < boxes.length; i++)
      for (let k = i + 1; k < boxes.length; k++)
        expect(boxesOverlap(boxes[i]!, boxes[k]!), `seed ${seed}: ${i} and ${k}`).toBe(false);
  }
});

test("vehicles of one direction never drive through each other", () => {
  let pairs = 0;
  for (let seed = 0; seed < 25; seed++)
    for (const scene of scenes(seed, 200).slice(100)) {
      const moving = scene.objects.filter(
        (o) => o.speedMps > 0.5 && o.kind !== "PEDESTRIAN" && o.kind !== "CYCLIST",
      );
      for (let i = 0; i < moving.length; i++)
        for (let k = i + 1; k < moving.length; k++) {
          const [a, b] = [moving[i]!, moving[k]!];
          if (Math.cos(a.yawRad - b.yawRad) < 0.9) continue;
          pairs++;
          const small = { ...a, lengthM: a.lengthM * 0.8, widthM: a.widthM * 0.7 };
          expect(boxesOverlap(small, b), `seed ${seed} scene ${scene.id}: ${a.id} ${b.id}`).toBe(
            false,
          );
        }
    }
  expect(pairs).toBeGreaterThan(10_000);
});

test("about a fifth of the worlds start standing, many of them in a queue that moves off", () => {
  let standing = 0;
  let queues = 0;
  for (let seed = 0; seed < 400; seed++) {
    const world = createWorld(seed);
    if (world.scene().ego.speedMps === 0) standing++;
    if (world.plan.start === "QUEUE") queues++;
  }
  expect(standing / 400).toBeGreaterThan(0.15);
  expect(standing / 400).toBeLessThan(0.3);
  expect(queues / 400).toBeGreaterThan(0.08);
});

test("in a queue the lead stands 2–8 m ahead and moves off within 12 s", () => {
  for (let seed = 0; seed < 12; seed++) {
    const world = createWorld(seed, { start: "QUEUE", nominal: true, roadClass: "HIGHWAY" });
    const first = world.scene();
    const ahead = (scene: Scene) =>
      scene.objects
        .filter((o) => Math.abs(o.widthM) > 0.5 && o.speedMps >= 0)
        .map((o) => {
          const dx = o.xM - first.ego.xM;
          const dy = o.yM - first.ego.yM;
          const x = Math.cos(first.ego.yawRad) * dx + Math.sin(first.ego.yawRad) * dy;
          const y = -Math.sin(first.ego.yawRad) * dx + Math.cos(first.ego.yawRad) * dy;
          return { id: o.id, gapM: x - o.lengthM / 2 - 3.7, y, v: o.speedMps };
        })
        .filter((o) => Math.abs(o.y) < 1.2 && o.gapM > 0)
        .sort((a, b) => a.gapM - b.gapM)[0];
    const lead = ahead(first)!;
    expect(lead.gapM).toBeGreaterThan(1.5);
    expect(lead.gapM).toBeLessThan(8.5);
    expect(lead.v).toBe(0);
    for (let i = 0; i < 130; i++) world.step(0.1, { accelMps2: -1, curvatureInvm: 0 });
    const later = world.scene().objects.find((o) => o.id === lead.id);
    if (later !== undefined && world.plan.signal === "NONE")
      expect(Math.hypot(later.xM - first.ego.xM, later.yM - first.ego.yM)).toBeGreaterThan(
        lead.gapM + 3,
      );
  }
});

test("lanes have points at most 2 m apart and cover ego", () => {
  for (let seed = 0; seed < 30; seed++) {
    const scene = createWorld(seed).scene();
    expect(scene.lanes.some((l) => l.kind === "DRIVING" && !l.oncoming)).toBe(true);
    for (const lane of scene.lanes)
      for (let i = 2; i < lane.centre.length; i += 2) {
        const step = Math.hypot(
          lane.centre[i]! - lane.centre[i - 2]!,
          lane.centre[i + 1]! - lane.centre[i - 1]!,
        );
        expect(step).toBeLessThanOrEqual(2.0001);
      }
  }
});

test("lights change, and every line with signals names lamps that are in the scene", () => {
  const states = new Set<string>();
  let lines = 0;
  for (let seed = 0; seed < 40; seed++)
    for (const scene of scenes(seed, 150, { plan: { signal: "LIGHT" }, roadClass: "CITY" }).filter(
      (_, i) => i % 30 === 0,
    )) {
      for (const s of scene.signals) states.add(s.state);
      for (const line of scene.stopLines) {
        lines++;
        for (const id of line.signalIds) expect(scene.signals.some((s) => s.id === id)).toBe(true);
      }
    }
  expect(lines).toBeGreaterThan(20);
  expect([...states].sort()).toEqual(["GREEN", "RED", "YELLOW"]);
});

test("a nominal start is on the lane and off-nominal ones reach the promised errors", () => {
  let most = 0;
  for (let seed = 0; seed < 200; seed++) {
    const { plan } = createWorld(seed, { start: "MOVING" });
    expect(Math.abs(plan.lateralM)).toBeLessThanOrEqual(plan.nominal ? 0.15 : 0.8);
    expect(Math.abs(plan.headingRad)).toBeLessThanOrEqual(0.07);
    most = Math.max(most, Math.abs(plan.lateralM));
  }
  expect(most).toBeGreaterThan(0.6);
});

test("a control that is not finite is refused with what was found", () => {
  const world = createWorld(1);
  expect(() => world.step(0.1, { accelMps2: Number.NaN, curvatureInvm: 0 })).toThrow(
    /found 0.1, NaN/,
  );
  expect(() => world.step(0, COAST)).toThrow(/dtS > 0/);
});

test("a contact is found: full throttle behind a standing queue", () => {
  const world = createWorld(3, { start: "QUEUE", roadClass: "RURAL" });
  for (let i = 0; i < 80 && !world.collision(); i++)
    world.step(0.1, { accelMps2: 4, curvatureInvm: 0 });
  expect(world.collision()?.egoCaused).toBe(true);
});

test("2000 steps a second and more", () => {
  const world = createWorld(11, { roadClass: "CITY" });
  const startMs = performance.now();
  for (let i = 0; i < 400; i++) world.step(0.1, COAST);
  expect(400 / ((performance.now() - startMs) / 1000)).toBeGreaterThan(1000);
});
