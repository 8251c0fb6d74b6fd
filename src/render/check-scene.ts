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
  scene.objects.forEach((o, i) => {
    checkNumbers(`objects[${i}] (id ${o.id})`, o);
    checkRgb(`objects[${i}] (id ${o.id})`, o.rgb);
  });
  scene.blocks.forEach((b, i) => {
    checkNumbers(`blocks[${i}]`, b);
    checkRgb(`blocks[${i}]`, b.rgb);
  });
  scene.signals.forEach((s, i) => {
    checkNumbers(`signals[${i}] (id ${s.id})`, s);
  });
  scene.stopLines.forEach((s, i) => {
    checkNumbers(`stopLines[${i}] (id ${s.id})`, s);
  });
  scene.lanes.forEach((l, i) => {
    checkNumbers(`lanes[${i}] (id ${l.id})`, { widthM: l.widthM });
    checkLine(`lanes[${i}] (id ${l.id}).centre`, l.centre);
  });
  scene.kerbs.forEach((k, i) => {
    checkNumbers(`kerbs[${i}]`, { heightM: k.heightM });
    checkLine(`kerbs[${i}].line`, k.line);
  });
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
