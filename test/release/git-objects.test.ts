import { formatRevert, formatTag, formatVehicle, parseCommit, parseTag } from '../../release/git-objects';

const id = (digit: string) => digit.repeat(40);
const release = { version: '1.1.0', releaseId: 'release/shop/production/1.1.0/1', at: '2026-05-04T09:30:00.500Z' };

describe("git objects of Slipway's", () => {
  it('have a text that depends on nothing but the release', () => {
    const tag = { name: 'v1', commit: id('a'), at: '2026-05-04T11:30:00+02:00', message: 'Release 1\n\n' };
    expect(formatTag(tag)).toBe(
      `object ${id('a')}\ntype commit\ntag v1\ntagger Slipway <slipway@localhost> 1777887000 +0000\n\nRelease 1\n`,
    );
    expect(() => formatTag({ ...tag, at: 'yesterday' })).toThrow(RangeError);
  });

  it('are read back', () => {
    const text = formatTag({ name: 'v1', commit: id('a'), at: release.at, message: 'One\n\nTwo' });
    expect(parseTag(text)).toEqual({ object: id('a'), type: 'commit', message: 'One\n\nTwo\n' });
    const revert = formatRevert({ ...release, tree: id('1'), head: id('2'), restores: id('3') });
    expect(parseCommit(revert)).toEqual({ tree: id('1'), parents: [id('2')], standsFor: id('3') });
    const vehicle = formatVehicle({ ...release, tree: id('1'), head: id('2'), commit: id('3') });
    expect(parseCommit(vehicle)).toEqual({ tree: id('1'), parents: [id('2'), id('3')], standsFor: id('3') });
  });

  it('are not seen in texts that are none', () => {
    expect(parseTag('tree x')).toBeUndefined();
    expect(parseTag('')).toBeUndefined();
    expect(parseCommit('')).toBeUndefined();
    expect(parseCommit(`object ${id('a')}\ntype commit\n`)).toBeUndefined();
  });

  it('are told from commits whose author or subject only looks like it', () => {
    const head = `tree ${id('1')}\nauthor A <a> 1 +0000\ncommitter A <a> 1 +0000\n`;
    expect(parseCommit(`${head}\nA commit\n`)).toEqual({ tree: id('1'), parents: [], standsFor: undefined });
    expect(parseCommit(`${head}\nparent ${id('9')}\ntree ${id('8')}\n`)).toMatchObject({ tree: id('1'), parents: [] });
    expect(parseCommit(`${head}\nSee Slipway-Restores: ${id('3')} there\n`)?.standsFor).toBeUndefined();
    expect(parseCommit(`tree ${id('1')}`)).toEqual({ tree: id('1'), parents: [], standsFor: undefined });
  });
});
