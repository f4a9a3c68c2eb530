import fc from 'fast-check';
import { BoundedOutput } from '../../../activities/process/bounded-output';

const chunks = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 20 });

describe('an output that is kept up to a limit', () => {
  it('is whole as long as it fits', () => {
    fc.assert(
      fc.property(chunks, (list) => {
        const output = new BoundedOutput(1_000);
        for (const chunk of list) output.add(Buffer.from(chunk));
        expect(output.truncated).toBe(false);
        expect(output.bytes()).toEqual(Buffer.concat(list));
      }),
    );
  });

  it('has its first and its last bytes, and counts what is missing, however it came', () => {
    fc.assert(
      fc.property(chunks, fc.integer({ min: 0, max: 60 }), (list, limit) => {
        const output = new BoundedOutput(limit);
        for (const chunk of list) output.add(Buffer.from(chunk));
        const whole = Buffer.concat(list);
        const kept = output.bytes();
        if (whole.length <= limit) return expect(kept).toEqual(whole);
        const [head, tail] = [Math.ceil(limit / 2), Math.floor(limit / 2)];
        const gap = Buffer.from(`\n… ${whole.length - limit} bytes left out …\n`);
        return expect(kept).toEqual(Buffer.concat([whole.subarray(0, head), gap, whole.subarray(whole.length - tail)]));
      }),
    );
  });
});
