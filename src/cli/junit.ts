/** One measured thing of a comparison; `failure` where a stated budget is broken. */
export type JunitCase = {
  readonly name: string;
  readonly failure?: string;
  /** Lines that a reader of the report sees. */
  readonly output: readonly string[];
};

const escapeXml = (text: string): string =>
  text
    // Control characters are no XML, escaped or not.
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd]/g, "?")
    .replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** JUnit XML with one suite. */
export function junitXml(suite: string, cases: readonly JunitCase[]): string {
  const failures = cases.filter(({ failure }) => failure !== undefined).length;
  const lines = cases.map(({ name, failure, output }) => {
    const fail = failure === undefined ? "" : `<failure message="${escapeXml(failure)}"></failure>`;
    const out =
      output.length === 0 ? "" : `<system-out>${escapeXml(output.join("\n"))}</system-out>`;
    return `<testcase classname="${escapeXml(suite)}" name="${escapeXml(name)}">${fail}${out}</testcase>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites><testsuite name="${escapeXml(suite)}" tests="${cases.length}" failures="${failures}">
${lines.join("\n")}
</testsuite></testsuites>
`;
}
