import type { OdrCubic, OdrSpeed } from "./model.ts";
import { xmlElement } from "./xml-text.ts";

export const writeSpeed = ({ maxMps }: OdrSpeed, sOffset?: number): string =>
  xmlElement("speed", { sOffset, max: maxMps ?? "undefined", unit: "m/s" });

export const writeCubic = (
  name: string,
  place: "s" | "sOffset",
  { sM, a, b, c, d }: OdrCubic,
): string => xmlElement(name, { [place]: sM, a, b, c, d });
