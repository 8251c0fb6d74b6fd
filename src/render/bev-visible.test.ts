import { expect, test } from "vitest";
import { BEV_SPEC } from "../contract/bev.ts";
import { Random } from "../world/random.ts";
import { newSight, sightShareInto } from "./bev-visible.ts";

test("the share of a cell in sight is that of its four samples, whatever the groups say", () => {
  const { xMinM, yMinM, cellM, nx, ny } = BEV_SPEC;
  const rng = new Random(8);
  for (let round = 0; round < 6; round++) {
    const farM = newSight();
    // stretches of near and far sight, some of a single direction
    for (let bin = 0; bin < farM.length; ) {
      const rangeM = rng.range(1, 130);
      for (const end = bin + rng.int(1, 90); bin < Math.min(end, farM.length); bin++)
        farM[bin] = rangeM;
    }
    const sight = { xM: round < 3 ? 1.5 : -3.2, yM: round < 3 ? 0 : 0.7, farM };
    const out = new Uint8Array(nx * ny);
    sightShareInto(out, 0, BEV_SPEC, sight);
    const shares = new Set<number>();
    const wrong: number[] = [];
    for (let at = 0; at < out.length; at++) {
      let seen = 0;
      for (let k = 0; k < 4; k++) {
        const dx = xMinM + (Math.floor(at / ny) + ((k & 1) + 0.5) / 2) * cellM - sight.xM;
        const dy = yMinM + ((at % ny) + ((k >> 1) + 0.5) / 2) * cellM - sight.yM;
        const turn = (Math.atan2(dy, dx) + Math.PI) / (2 * Math.PI);
        const bin = Math.floor(turn * farM.length) % farM.length;
        if (Math.fround(Math.hypot(dx, dy)) <= farM[bin]!) seen++;
      }
      shares.add(seen);
      if (out[at] !== Math.floor((seen * 255) / 4)) wrong.push(at);
    }
    expect(wrong, `round ${round}`).toEqual([]);
    expect(shares.size).toBe(5);
  }
});
