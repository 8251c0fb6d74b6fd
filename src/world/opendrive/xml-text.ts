/** Attributes in the order given; undefined ones are left out. */
export type XmlAttributes = Readonly<Record<string, string | number | undefined>>;

/** An element as text; children stand on lines of their own, indented by a tab per level. */
export function xmlElement(
  name: string,
  attributes: XmlAttributes,
  children: readonly string[] = [],
): string {
  const given = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [` ${key}="${attributeText(value)}"`],
  );
  const tag = `<${name}${given.join("")}`;
  if (children.length === 0) return `${tag}/>`;
  const inner = children.join("\n").replaceAll("\n", "\n\t");
  return `${tag}>\n\t${inner}\n</${name}>`;
}

/** An element around its children; nothing where there are none. */
export const xmlGroup = (name: string, children: readonly string[]): string[] =>
  children.length === 0 ? [] : [xmlElement(name, {}, children)];

/** The shortest text that reads back as the same double; −0 keeps its sign. */
const numberText = (value: number): string => (Object.is(value, -0) ? "-0" : String(value));

const attributeText = (value: string | number): string =>
  typeof value === "number" ? numberText(value) : escapeXml(value);

/** Readers turn bare line breaks and tabs of an attribute into spaces, so they are written as numbers. */
export const escapeXml = (text: string): string =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replace(/[\t\n\r]/g, (space) => `&#${space.charCodeAt(0)};`);
