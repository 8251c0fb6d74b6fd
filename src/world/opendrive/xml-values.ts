import { ScenarioError } from "../../contract/errors.ts";
import type { XmlElement } from "./xml-tree.ts";

/** Children of that name, in order. */
export const childrenOf = (element: XmlElement, name: string): XmlElement[] =>
  element.children.filter((child) => child.name === name);

export const childOf = (element: XmlElement, name: string): XmlElement | undefined =>
  element.children.find((child) => child.name === name);

/** Elements at the end of the path of names, in order. */
export const elementsAt = (element: XmlElement, ...path: readonly string[]): XmlElement[] =>
  path.reduce<XmlElement[]>((all, name) => all.flatMap((one) => childrenOf(one, name)), [element]);

/** An error that says file, line, element (with its id), what was expected and what was found. */
export function faultAt(
  element: XmlElement,
  expected: string,
  found: string,
  code = "ROAD_FILE_INVALID",
): ScenarioError {
  const { id } = element.attributes;
  const name = id === undefined ? `<${element.name}>` : `<${element.name} id="${id}">`;
  const where = `${element.file}:${element.line}: ${name}`;
  return new ScenarioError(code, `${where}: ${expected} expected, found ${found}`);
}

const quoted = (text: string | undefined): string => (text === undefined ? "none" : `"${text}"`);

export function childIn(element: XmlElement, name: string): XmlElement {
  const child = childOf(element, name);
  if (!child) throw faultAt(element, `element <${name}>`, "none");
  return child;
}

export function textIn(element: XmlElement, name: string): string {
  const text = element.attributes[name];
  if (text === undefined || text.trim() === "")
    throw faultAt(element, `attribute ${name}`, quoted(text));
  return text.trim();
}

export const textOr = (element: XmlElement, name: string, otherwise: string): string =>
  element.attributes[name]?.trim() ?? otherwise;

/** XML Schema's double without INF and NaN. */
const DECIMAL = /^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/;

/** A finite number. */
export function numberIn(element: XmlElement, name: string): number {
  const text = element.attributes[name];
  const value = text !== undefined && DECIMAL.test(text) ? Number(text) : Number.NaN;
  if (!Number.isFinite(value))
    throw faultAt(element, `attribute ${name}: a finite number`, quoted(text));
  return value;
}

export function lengthIn(element: XmlElement, name: string): number {
  const value = numberIn(element, name);
  if (value < 0) throw faultAt(element, `attribute ${name}: a length of at least 0`, `${value}`);
  return value;
}

export function integerIn(element: XmlElement, name: string): number {
  const value = numberIn(element, name);
  if (!Number.isInteger(value)) throw faultAt(element, `attribute ${name}: an integer`, `${value}`);
  return value;
}

const hasValue = (element: XmlElement, name: string): boolean =>
  (element.attributes[name]?.trim() ?? "") !== "";

export const numberOr = (element: XmlElement, name: string, otherwise: number): number =>
  hasValue(element, name) ? numberIn(element, name) : otherwise;

/** `{ [key]: number }` where the attribute is there, else nothing: for optional fields. */
export function maybeNumber<K extends string>(
  element: XmlElement,
  name: string,
  key: K,
): { readonly [P in K]?: number } {
  return hasValue(element, name)
    ? ({ [key]: numberIn(element, name) } as { [P in K]?: number })
    : {};
}

/** The value that the table gives for the attribute. */
export function oneOf<T>(
  element: XmlElement,
  name: string,
  table: Readonly<Record<string, T>>,
  otherwise?: T,
): T {
  const text = element.attributes[name]?.trim();
  if (text === undefined && otherwise !== undefined) return otherwise;
  if (text === undefined || !Object.hasOwn(table, text))
    throw faultAt(
      element,
      `attribute ${name}: one of ${Object.keys(table).join(", ")}`,
      quoted(text),
    );
  return table[text]!;
}
