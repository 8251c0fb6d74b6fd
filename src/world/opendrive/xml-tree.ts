import { SaxesParser } from "saxes";
import { ScenarioError } from "../../contract/errors.ts";

/** An element with where it stands, so that every error can say so. */
export type XmlElement = {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** Text directly inside, CDATA included. */
  readonly text: string;
  /** What the text was read from, usually a path. */
  readonly file: string;
  /** Line of the end of its start tag, from 1. */
  readonly line: number;
};

type Growing = XmlElement & { children: XmlElement[]; text: string };

/** Elements that may nest in one another; real files use about ten, deeper ones are an attack or a mistake. */
const DEPTH_MAX = 100;

/** Reads well-formed XML into its root element. @throws ScenarioError XML_MALFORMED with file and line. */
export function readXml(text: string, file: string): XmlElement {
  const parser = new SaxesParser({ position: true });
  const open: Growing[] = [];
  let root: Growing | undefined;
  const fail = (what: string): never => {
    const where = `${file}:${parser.line}:${parser.column}`;
    throw new ScenarioError("XML_MALFORMED", `${where}: well-formed XML expected, found: ${what}`);
  };
  parser.on("error", (error) => fail(error.message.replace(/^\d+:\d+: /, "")));
  parser.on("opentag", (tag) => {
    const attributes = tag.attributes as Readonly<Record<string, string>>;
    const at = { name: tag.name, attributes, file, line: parser.line };
    const element: Growing = { ...at, children: [], text: "" };
    open.at(-1)?.children.push(element);
    root ??= element;
    if (open.push(element) > DEPTH_MAX) fail(`elements nested more than ${DEPTH_MAX} deep`);
  });
  parser.on("closetag", () => open.pop());
  const addText = (part: string) => {
    const element = open.at(-1);
    if (element) element.text += part;
  };
  parser.on("text", addText);
  parser.on("cdata", addText);
  parser.write(text).close();
  return root ?? fail("no element");
}
