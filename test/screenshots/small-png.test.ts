import { crc32, deflateSync, inflateSync } from 'node:zlib';
import { smallPng } from '../../screenshots/small-png';

type Pixel = readonly [number, number, number];

const width = 7;
/** A row of each of PNG's five filters, with colours that change from pixel to pixel. */
const picture: Pixel[][] = Array.from({ length: 5 }, (_, y) =>
  Array.from({ length: width }, (_, x) => [
    (x * 37 + y * 11) % 256,
    (x * y * 29) % 256,
    255 - ((x * 5 + y * 71) % 256),
  ]),
);

describe('a picture made small', () => {
  test.each([3, 4])('is the same one, from a PNG of %d channels and every filter', (channels) => {
    const { head, rows } = read(smallPng(png(picture, channels)));
    expect(head).toEqual({ width, height: 5, depth: 8, kind: 'palette' });
    expect(rows).toEqual(picture);
  });

  test('has at most 256 colours, and keeps to the bit those that are there most', () => {
    const many = Array.from({ length: 64 }, (_, y) =>
      Array.from({ length: 64 }, (_, x): Pixel => (x < 32 ? [255, 255, 254] : [x * 4, y * 4, (x * y) % 256])),
    );
    const { rows } = read(smallPng(png(many, 4)));
    expect(new Set(rows.flat().map(String)).size).toBeLessThanOrEqual(256);
    expect(rows.every((row) => row.slice(0, 32).every((pixel) => String(pixel) === '255,255,254'))).toBe(true);
  });

  test('is refused when it is not what Chromium writes', () => {
    const other = png(picture, 4);
    // The bit depth.
    other[24] = 16;
    expect(() => smallPng(other)).toThrow('this is no PNG as Chromium writes them');
  });
});

const signature = Buffer.from('89504e470d0a1a0a', 'hex');

/** Writes `pixels` as Chromium does; row n is filtered with filter n. */
function png(pixels: readonly (readonly Pixel[])[], channels: number): Buffer {
  const raw = pixels.map((row) => row.flatMap((pixel) => (channels === 4 ? [...pixel, 255] : [...pixel])));
  const filtered = raw.map((row, y) => {
    const filter = y % 5;
    const up = raw[y - 1] ?? row.map(() => 0);
    const bytes = row.map((value, x) => {
      const [left, above, corner] = [row[x - channels] ?? 0, up[x]!, x < channels ? 0 : up[x - channels]!];
      return (value - guess(filter, left, above, corner)) & 255;
    });
    return Buffer.from([filter, ...bytes]);
  });
  const head = Buffer.alloc(13);
  head.writeUInt32BE(pixels[0]!.length, 0);
  head.writeUInt32BE(pixels.length, 4);
  head.set([8, channels === 4 ? 6 : 2, 0, 0, 0], 8);
  const data = chunk('IDAT', deflateSync(Buffer.concat(filtered)));
  return Buffer.concat([signature, chunk('IHDR', head), data, chunk('IEND', Buffer.alloc(0))]);
}

function guess(filter: number, left: number, up: number, corner: number): number {
  if (filter === 3) return Math.floor((left + up) / 2);
  if (filter < 3) return [0, left, up][filter]!;
  const target = left + up - corner;
  return [left, up, corner].reduce((best, value) =>
    Math.abs(target - value) < Math.abs(target - best) ? value : best,
  );
}

/** Reads what `smallPng` writes: one palette, rows without a filter. Fails on a wrong checksum. */
function read(bytes: Buffer) {
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < bytes.length;) {
    const length = bytes.readUInt32BE(at);
    const end = at + 8 + length;
    expect(bytes.readUInt32BE(end)).toBe(crc32(bytes.subarray(at + 4, end)));
    chunks.set(bytes.toString('latin1', at + 4, at + 8), bytes.subarray(at + 8, end));
    at = end + 4;
  }
  const [head, palette] = [chunks.get('IHDR')!, chunks.get('PLTE')!];
  const [wide, high] = [head.readUInt32BE(0), head.readUInt32BE(4)];
  const raw = inflateSync(chunks.get('IDAT')!);
  const rows = Array.from({ length: high }, (_, y) =>
    [...raw.subarray(y * (wide + 1) + 1, (y + 1) * (wide + 1))].map((index) => [
      ...palette.subarray(index * 3, index * 3 + 3),
    ]),
  );
  return { head: { width: wide, height: high, depth: head[8], kind: head[9] === 3 ? 'palette' : 'other' }, rows };
}

function chunk(type: string, body: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), body]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(body.length);
  check.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, check]);
}
