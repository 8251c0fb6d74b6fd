type Sharp = typeof import("sharp")["default"];

let loading: Promise<Sharp> | undefined;

/**
 * The one place that touches sharp, which is loaded when it is first asked for: a tenth of a second
 * that a run of JPEG pictures need not wait. One libvips thread for each picture and no cache:
 * pictures run beside each other on Node's own pool, never repeat, and memory stays flat.
 */
export function loadSharp(): Promise<Sharp> {
  loading ??= import("sharp").then(({ default: sharp }) => {
    sharp.concurrency(1);
    sharp.cache(false);
    return sharp;
  });
  return loading;
}
