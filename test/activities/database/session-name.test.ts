import { sessionName, sessionPrefix } from '../../../activities/database/session-name';

test('a short release id stands in the name as it is', () => {
  expect(sessionName('release/shop/production/1.2.0/1', 'forward')).toMatch(
    /^slipway:release\/shop\/production\/1\.2\.0\/1:f[0-9a-f]{8}$/,
  );
});

test.each(['release/' + 'x'.repeat(100) + '/production/1.2.0/1', 'release/café/production/1.2.0/1', 'a b'])(
  'the name of %s is found again by its prefix, and fits',
  (id) => {
    const name = sessionName(id, 'undo');
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(63);
    expect(name).toMatch(/^[\x21-\x7e]+$/);
    expect(name.startsWith(sessionPrefix(id, 'undo'))).toBe(true);
    expect(name.startsWith(sessionPrefix(id, 'forward'))).toBe(false);
  },
);

test('a long id keeps its end and differs from another with the same end', () => {
  const long = (project: string) => `release/${project.repeat(30)}/production/1.2.0/1`;
  expect(sessionPrefix(long('ab'), 'forward')).toMatch(/\/production\/1\.2\.0\/1:f$/);
  expect(sessionPrefix(long('ab'), 'forward')).not.toBe(sessionPrefix(long('cb'), 'forward'));
});

test('one release is not taken for another whose id begins alike', () => {
  expect(sessionName('release/shop/production/1.2.0/11', 'forward')).not.toContain(
    sessionPrefix('release/shop/production/1.2.0/1', 'forward'),
  );
});
