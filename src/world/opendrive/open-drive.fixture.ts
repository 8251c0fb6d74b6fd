/** Parts of OpenDRIVE files for tests; each can be replaced. */
export const aWidth = (a = 3.5): string => `<width sOffset="0" a="${a}" b="0" c="0" d="0"/>`;

export const aLane = (id: number, inner = "", type = "driving"): string =>
  `<lane id="${id}" type="${type}" level="false">${id === 0 ? "" : aWidth()}${inner}</lane>`;

export const aLine = (lengthM = 100): string =>
  `<geometry s="0" x="0" y="0" hdg="0" length="${lengthM}"><line/></geometry>`;

type RoadParts = {
  readonly id?: string;
  readonly lengthM?: number;
  readonly attributes?: string;
  readonly planView?: string;
  readonly lanes?: string;
  /** Elements right after <link>, e.g. <type>. */
  readonly inner?: string;
};

const TWO_LANES = `<laneSection s="0"><left>${aLane(1)}</left><center>${aLane(0, "", "none")}</center><right>${aLane(-1)}</right></laneSection>`;

export const aRoad = (parts: RoadParts = {}): string => {
  const { id = "1", lengthM = 100, attributes = "", inner = "" } = parts;
  const { planView = aLine(lengthM), lanes = TWO_LANES } = parts;
  return `<road name="" id="${id}" length="${lengthM}" ${attributes || 'junction="-1"'}>${inner}
<planView>${planView}</planView><lanes>${lanes}</lanes></road>`;
};

export const aFile = (...inner: readonly string[]): string =>
  `<?xml version="1.0"?>\n<OpenDRIVE><header revMajor="1" revMinor="6"/>\n${inner.join("\n")}\n</OpenDRIVE>`;
