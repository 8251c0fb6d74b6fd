export type PictureSize = { readonly widthPx: number; readonly heightPx: number };

/** Size that the header of a JPEG or PNG claims; undefined where it cannot be read. */
export function pictureSize(data: Uint8Array): PictureSize | undefined {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  if (data.length >= 24 && view.getUint32(0) === 0x89504e47)
    return { widthPx: view.getUint32(16), heightPx: view.getUint32(20) };
  if (data.length < 4 || view.getUint16(0) !== 0xffd8) return undefined;
  for (let at = 2; at + 9 <= data.length && data[at] === 0xff; ) {
    const marker = data[at + 1]!;
    if (marker === 0xff) {
      at++; // filler between segments
      continue;
    }
    // Start of frame, of any coding; C4, C8 and CC in its range are tables.
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc)
      return { widthPx: view.getUint16(at + 7), heightPx: view.getUint16(at + 5) };
    at += 2 + Math.max(2, view.getUint16(at + 2));
  }
  return undefined;
}
