import type { OdrConnection, OdrJunction } from "./model.ts";
import { CONTACT } from "./parse-records.ts";
import type { XmlElement } from "./xml-tree.ts";
import { childrenOf, integerIn, maybeNumber, oneOf, textIn, textOr } from "./xml-values.ts";

export function parseJunction(element: XmlElement): OdrJunction {
  const type = oneOf(
    element,
    "type",
    { default: "DEFAULT", direct: "DIRECT", virtual: "VIRTUAL" } as const,
    "DEFAULT",
  );
  return {
    id: textIn(element, "id"),
    name: textOr(element, "name", ""),
    type,
    connections: childrenOf(element, "connection").map((one) => parseConnection(one, type)),
    priorities: childrenOf(element, "priority").flatMap((one) =>
      one.attributes.high === undefined || one.attributes.low === undefined
        ? []
        : [{ highRoadId: textIn(one, "high"), lowRoadId: textIn(one, "low") }],
    ),
    controllers: childrenOf(element, "controller").map((one) => ({
      id: textIn(one, "id"),
      ...maybeNumber(one, "sequence", "sequence"),
    })),
  };
}

const parseConnection = (element: XmlElement, type: OdrJunction["type"]): OdrConnection => ({
  id: textIn(element, "id"),
  incomingRoadId: textIn(element, "incomingRoad"),
  connectingRoadId: textIn(element, type === "DIRECT" ? "linkedRoad" : "connectingRoad"),
  contact: oneOf(element, "contactPoint", CONTACT),
  laneLinks: childrenOf(element, "laneLink").map((link) => ({
    from: integerIn(link, "from"),
    to: integerIn(link, "to"),
  })),
});
