/** Lines of a table with aligned columns; numbers with their unit are aligned to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((name, i) =>
    Math.max(name.length, ...rows.map((row) => (row[i] ?? "").length)),
  );
  const isNumber = head.map((_, i) => rows.every((row) => /^(\d.*)?$/.test(row[i] ?? "")));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => (isNumber[i] ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join("  ")
      .trimEnd();
  return [line(head), ...rows.map(line)];
}
