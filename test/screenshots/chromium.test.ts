import { findChromium } from '../../screenshots/chromium';

describe('the Chromium for pictures', () => {
  test('is the one that SLIPWAY_CHROMIUM names', () =>
    expect(findChromium({ SLIPWAY_CHROMIUM: process.execPath })).toBe(process.execPath));

  test('is missing with a word on what to install and how to point elsewhere', () => {
    const looking = () => findChromium({ SLIPWAY_CHROMIUM: '/nowhere/chromium' });
    expect(looking).toThrow('SLIPWAY_CHROMIUM names /nowhere/chromium, which cannot be run');
    expect(looking).toThrow('Install the package chromium (Debian, Ubuntu: apt-get install chromium)');
  });
});
