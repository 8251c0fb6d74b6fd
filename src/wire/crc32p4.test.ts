import { expect, test } from "vitest";
import { crc32p4 } from "./crc32p4.ts";

const ascii = (text: string) => new TextEncoder().encode(text);

test("S24 the check value of CRC-32P4 is 0x1697D06A", () => {
  expect(crc32p4(ascii("123456789"))).toBe(0x1697d06a);
});

test("S24 the E2E P04 vector: id 0A0B0C0D, counter 0, length 16, four zero bytes", () => {
  const header = Buffer.from("001000000a0b0c0d", "hex");
  expect(crc32p4(header, new Uint8Array(4)).toString(16)).toBe("862b0556");
});

test("parts are read as one array", () => {
  expect(crc32p4(ascii("1234"), ascii(""), ascii("56789"))).toBe(0x1697d06a);
});

test("every single flipped bit changes the value", () => {
  const data = ascii("waywarden");
  const right = crc32p4(data);
  for (let bit = 0; bit < data.length * 8; bit++) {
    const broken = data.slice();
    broken[bit >> 3]! ^= 1 << (bit & 7);
    expect(crc32p4(broken)).not.toBe(right);
  }
});
