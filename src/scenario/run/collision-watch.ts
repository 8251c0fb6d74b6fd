import type { DetectedObject, Scene } from "../../contract/scene.ts";
import { type EncounterSample, judgeEncounter } from "../score/careful-driver.ts";
import { describeContact } from "../score/contact.ts";
import type { Infraction, InfractionKind } from "../score/infraction.ts";
import type { MovingBox } from "../score/pdms.ts";
import type { CollisionReport } from "./result.ts";

/** Kept of everybody near, s: what the careful driver could have seen. */
const MEMORY_S = 8;
const NEAR_M = 80;
/** A contact with the same thing counts again after this time apart, s. */
const APART_S = 3;

export type Hit = { readonly report: CollisionReport; readonly infraction: Infraction };

/** Finds contacts of ego's box and says of each who did it and whether it could be avoided. */
export class CollisionWatch {
  readonly #middleM: number;
  readonly #stepS: number;
  readonly #ego: MovingBox[] = [];
  readonly #others = new Map<number, { boxes: (MovingBox | undefined)[] }>();
  readonly #touchedS = new Map<number, number>();

  /** `middleM`: from ego's rear axle to the middle of its box; `stepS` between observations. */
  constructor(middleM: number, stepS: number) {
    this.#middleM = middleM;
    this.#stepS = stepS;
  }

  observe(scene: Scene, tS: number): Hit[] {
    const ego = egoBox(scene.ego, this.#middleM);
    this.#remember(ego, scene.objects);
    const hits: Hit[] = [];
    for (const o of scene.objects) {
      const contact = touches(ego, o) ? describeContact(ego, o) : undefined;
      if (contact === undefined) continue;
      const before = this.#touchedS.get(o.id);
      this.#touchedS.set(o.id, tS);
      if (before !== undefined && tS - before < APART_S) continue;
      const verdict = judgeEncounter(this.#encounter(o.id), this.#stepS);
      // whoever stands or is run into from behind had nothing left to do
      const avoidable = verdict.avoids && contact.striker !== "OTHER";
      const { perceivedBeforeS } = verdict;
      hits.push({
        report: {
          tS,
          withId: o.id,
          kind: o.kind,
          striker: contact.striker,
          side: contact.side,
          egoMps: ego.speedMps,
          otherMps: o.speedMps,
          avoidable,
          ...(perceivedBeforeS === undefined ? {} : { perceivedBeforeS }),
        },
        infraction: {
          kind: infractionOf(o.kind),
          tS,
          xM: contact.xM,
          yM: contact.yM,
          detail: `${o.kind} ${o.id}: ${contact.striker} ran into it, ${contact.side}, ego ${ego.speedMps.toFixed(1)} m/s`,
        },
      });
    }
    for (const b of scene.blocks) {
      const box = { ...b, speedMps: 0 };
      if (!touches(ego, box) || describeContact(ego, box) === undefined) continue;
      const id = -1;
      const before = this.#touchedS.get(id);
      this.#touchedS.set(id, tS);
      if (before !== undefined && tS - before < APART_S) continue;
      hits.push(staticHit(b.kind, ego, tS));
    }
    return hits;
  }

  #remember(ego: MovingBox, objects: readonly DetectedObject[]): void {
    const keep = Math.round(MEMORY_S / this.#stepS);
    this.#ego.push(ego);
    if (this.#ego.length > keep) this.#ego.shift();
    for (const [id, track] of this.#others) {
      track.boxes.push(undefined);
      if (track.boxes.length > keep) track.boxes.shift();
      if (track.boxes.every((b) => b === undefined)) this.#others.delete(id);
    }
    for (const o of objects) {
      if (Math.hypot(o.xM - ego.xM, o.yM - ego.yM) > NEAR_M) continue;
      const { xM, yM, yawRad, lengthM, widthM, speedMps } = o;
      const box = { xM, yM, yawRad, lengthM, widthM, speedMps };
      const track = this.#others.get(o.id);
      if (track === undefined) this.#others.set(o.id, { boxes: [box] });
      else track.boxes[track.boxes.length - 1] = box;
    }
  }

  /** The unbroken last stretch of both. */
  #encounter(id: number): EncounterSample[] {
    const boxes = this.#others.get(id)?.boxes ?? [];
    const out: EncounterSample[] = [];
    for (let k = 1; k <= Math.min(boxes.length, this.#ego.length); k++) {
      const other = boxes[boxes.length - k];
      if (other === undefined) break;
      out.unshift({ ego: this.#ego[this.#ego.length - k]!, other });
    }
    return out;
  }
}

export const egoBox = (ego: Scene["ego"], middleM: number): MovingBox => ({
  xM: ego.xM + middleM * Math.cos(ego.yawRad),
  yM: ego.yM + middleM * Math.sin(ego.yawRad),
  yawRad: ego.yawRad,
  lengthM: ego.lengthM,
  widthM: ego.widthM,
  speedMps: ego.speedMps,
});

/** Cheap look before the exact one. */
const touches = (a: MovingBox, b: Omit<MovingBox, "speedMps">): boolean =>
  Math.hypot(a.xM - b.xM, a.yM - b.yM) <
  (Math.hypot(a.lengthM, a.widthM) + Math.hypot(b.lengthM, b.widthM)) / 2;

const infractionOf = (kind: DetectedObject["kind"]): InfractionKind =>
  kind === "PEDESTRIAN"
    ? "COLLISION_PEDESTRIAN"
    : kind === "STATIC"
      ? "COLLISION_STATIC"
      : "COLLISION_VEHICLE";

function staticHit(kind: string, ego: MovingBox, tS: number): Hit {
  return {
    report: {
      tS,
      withId: -1,
      kind,
      striker: "EGO",
      side: "FRONT",
      egoMps: ego.speedMps,
      otherMps: 0,
      avoidable: true,
    },
    infraction: {
      kind: "COLLISION_STATIC",
      tS,
      xM: ego.xM,
      yM: ego.yM,
      detail: `${kind} touched at ${ego.speedMps.toFixed(1)} m/s`,
    },
  };
}
