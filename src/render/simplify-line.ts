/** Polyline [P, 2] with fewer points, no dropped point further than toleranceM from the result. */
export function simplifyLine(line: Float64Array, toleranceM: number): Float64Array {
  const n = line.length / 2;
  if (n <= 2) return line;
  const keep = new Uint8Array(n);
  keep[0] = 1;
  keep[n - 1] = 1;
  const stack: number[] = [0, n - 1];
  while (stack.length > 0) {
    const b = stack.pop()!;
    const a = stack.pop()!;
    const ax = line[2 * a]!;
    const ay = line[2 * a + 1]!;
    const dx = line[2 * b]! - ax;
    const dy = line[2 * b + 1]! - ay;
    const len2 = dx * dx + dy * dy;
    let worst = toleranceM * toleranceM;
    let at = -1;
    for (let i = a + 1; i < b; i++) {
      const px = line[2 * i]! - ax;
      const py = line[2 * i + 1]! - ay;
      const r = len2 > 0 ? Math.min(1, Math.max(0, (px * dx + py * dy) / len2)) : 0;
      const square = (px - r * dx) ** 2 + (py - r * dy) ** 2;
      if (square > worst) {
        worst = square;
        at = i;
      }
    }
    if (at < 0) continue;
    keep[at] = 1;
    stack.push(a, at, at, b);
  }
  const out: number[] = [];
  for (let i = 0; i < n; i++) if (keep[i]) out.push(line[2 * i]!, line[2 * i + 1]!);
  return new Float64Array(out);
}
