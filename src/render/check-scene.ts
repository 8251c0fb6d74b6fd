import type { Scene } from "../contract/scene.ts";

type Numbers = { readonly [key: string]: unknown };

/** Throws a RangeError that names the first element of the scene that is not finite. */
export function checkScene(scene: Scene): void {
  checkNumbers("ego", scene.ego);
  checkNumbers("scene", {
    light: scene.light,
    haze: scene.haze,
    textureSeed: scene.textureSeed,
    stampUs: scene.stampUs,
  });
  if (scene.weather) checkNumbers("weather", scene.weather);
  for (const [i, o] of scene.objects.entries())
    if (!isSound(o) || !isColour(o.rgb)) {
      checkNumbers(`objects[${i}] (id ${o.id})`, o);
      checkRgb(`objects[${i}] (id ${o.id})`, o.rgb);
    }
  for (const [i, b] of scene.blocks.entries())
    if (!isSound(b) || !isColour(b.rgb)) {
      checkNumbers(`blocks[${i}]`, b);
      checkRgb(`blocks[${i}]`, b.rgb);
    }
  for (const [i, s] of scene.signals.entries())
    if (!isSound(s)) checkNumbers(`signals[${i}] (id ${s.id})`, s);
  for (const [i, s] of scene.stopLines.entries())
    if (!isSound(s)) checkNumbers(`stopLines[${i}] (id ${s.id})`, s);
  for (const [i, l] of scene.lanes.entries())
    if (!Number.isFinite(l.widthM) || !isLine(l.centre)) {
      checkNumbers(`lanes[${i}] (id ${l.id})`, { widthM: l.widthM });
      checkLine(`lanes[${i}] (id ${l.id}).centre`, l.centre);
    }
  for (const [i, k] of scene.kerbs.entries())
    if (!Number.isFinite(k.heightM) || !isLine(k.line)) {
      checkNumbers(`kerbs[${i}]`, { heightM: k.heightM });
      checkLine(`kerbs[${i}].line`, k.line);
    }
}

/** true where all numbers are finite: names are put together only for what is not. */
function isSound(element: Numbers): boolean {
  for (const key in element) {
    const value = element[key];
    if (typeof value === "number" && !Number.isFinite(value)) return false;
  }
  return true;
}

const isColour = (rgb: readonly number[]): boolean =>
  Number.isFinite(rgb[0]) && Number.isFinite(rgb[1]) && Number.isFinite(rgb[2]);

function isLine(line: Float64Array): boolean {
  if (line.length % 2 !== 0) return false;
  // what is not finite leaves its mark on a sum of nothings
  let sum = 0;
  for (let i = 0; i < line.length; i++) sum += 0 * line[i]!;
  return sum === 0;
}

function checkNumbers(where: string, element: Numbers): void {
  for (const key in element) {
    const value = element[key];
    if (typeof value === "number" && !Number.isFinite(value))
      throw new RangeError(`scene ${where}: finite ${key} expected, found ${value}`);
  }
}

function checkRgb(where: string, rgb: readonly number[]): void {
  for (let i = 0; i < 3; i++)
    if (!Number.isFinite(rgb[i]))
      throw new RangeError(`scene ${where}: finite rgb[${i}] expected, found ${rgb[i]}`);
}

function checkLine(where: string, line: Float64Array): void {
  if (line.length % 2 !== 0)
    throw new RangeError(`scene ${where}: [P, 2] numbers expected, found ${line.length}`);
  for (let i = 0; i < line.length; i++)
    if (!Number.isFinite(line[i]!))
      throw new RangeError(`scene ${where}: finite number expected at ${i}, found ${line[i]}`);
}
