import { saySomething, sectionOf } from '../../release/release-notes';

const changes = `# Changelog

## [1.10.0] - 2026-03-01

### Added

- maps

## v1.2.0 (2026-02-01)

- books

\`\`\`md
## 1.0.5
- not a heading
\`\`\`

1.1.0
-----

Opened.

## 1.1.0-rc.1

## 1.0.0

[1.10.0]: https://shop.example/compare
`;

test.each<[string, string | undefined]>([
  ['1.10.0', '### Added\n\n- maps'],
  ['1.2.0', expect.stringContaining('- books')],
  ['1.1.0', expect.stringContaining('Opened.')],
  ['1.1.0-rc.1', ''],
  ['1.0.5', undefined],
  ['10.0', undefined],
  ['1.1', undefined],
  ['0.0', undefined],
])('the section of %s', (version, section) => {
  expect(sectionOf(changes, version)).toEqual(section);
});

test('the section of a version ends where the next begins', () => {
  expect(sectionOf(changes, '1.2.0')).not.toContain('Opened');
  expect(sectionOf(changes.replace(/\n/g, '\r\n'), '1.10.0')).toBe('### Added\n\n- maps');
});

test.each<[string, boolean]>([
  ['- books can be sold', true],
  ['Opened.', true],
  ['', false],
  ['  \n\n', false],
  ['### Added\n\n### Fixed\n', false],
  ['<!-- write here -->', false],
  ['[1.2.0]: https://shop.example', false],
  ['v1.2.0', false],
  ['Release 1.2.0', false],
  ['---', false],
])('%j says something: %s', (notes, says) => {
  expect(saySomething(notes, '1.2.0')).toBe(says);
});
