import sharp from "sharp";

/**
 * The one place that touches sharp. One libvips thread for each picture and no cache: pictures run
 * beside each other on Node's own pool, never repeat, and memory stays flat.
 */
sharp.concurrency(1);
sharp.cache(false);

export { sharp };
