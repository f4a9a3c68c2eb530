import * as fc from 'fast-check';
import { wordsOfCommand } from '../../../config/schema/words-of-command';

describe('a command line', () => {
  test.each<[string, string[]]>([
    ['./backup.sh', ['./backup.sh']],
    ['  ./backup.sh \t prod ', ['./backup.sh', 'prod']],
    [`echo 'a b' "c d" e\\ f`, ['echo', 'a b', 'c d', 'e f']],
    [`echo '' ""`, ['echo', '', '']],
    [`echo a'b'"c"d`, ['echo', 'abcd']],
    [`echo 'a|b > c && $HOME \`x\` *'`, ['echo', 'a|b > c && $HOME `x` *']],
    [`echo "a|b > c; \\"d\\" \\$HOME"`, ['echo', 'a|b > c; "d" $HOME']],
    [`echo \\| \\$HOME`, ['echo', '|', '$HOME']],
    ['deploy ${env:TOKEN} "${env:A} b" --to={previous}', ['deploy', '${env:TOKEN}', '${env:A} b', '--to={previous}']],
    ['curl https://shop.example/?a=1#b', ['curl', 'https://shop.example/?a=1#b']],
    ['tool --set A=1 a~b', ['tool', '--set', 'A=1', 'a~b']],
  ])('%s', (line, argv) => {
    expect(wordsOfCommand(line)).toEqual({ ok: true, argv });
  });

  test.each([
    ['a | b', 'holds |, which needs a shell'],
    ['a > b', 'holds >, which needs a shell'],
    ['a >> b', 'holds >>, which needs a shell'],
    ['a < b', 'holds <, which needs a shell'],
    ['a && b', 'holds &&, which needs a shell'],
    ['a || b', 'holds ||, which needs a shell'],
    ['a ; b', 'holds ;, which needs a shell'],
    ['a &', 'holds &, which needs a shell'],
    ['a $(b)', 'holds $(, which needs a shell'],
    ['a "$(b)"', 'holds $(, which needs a shell'],
    ['a `b`', 'holds `, which needs a shell'],
    ['a $HOME', 'holds $HOME, which needs a shell'],
    ['a "${HOME}/x"', 'holds ${HOME}, which needs a shell'],
    ['a *.sql', 'holds *, which needs a shell'],
    ['a ~/x', 'holds ~, which needs a shell'],
    ['a\nb', 'holds a line break, which needs a shell'],
    ['A=1 b', 'holds A=…, which needs a shell'],
    [`a 'b`, `has a ' without its partner`],
    ['a "b', 'has a " without its partner'],
    ['', 'names no program'],
    ['  ', 'names no program'],
    [`'' a`, 'names no program'],
  ])('%j is refused', (line, problem) => {
    expect(wordsOfCommand(line)).toMatchObject({ ok: false, problem });
  });

  test('words in single quotes come out as they went in', () => {
    const word = fc.string().map((text) => text.replaceAll("'", ''));
    fc.assert(
      fc.property(fc.array(word), (words) => {
        const line = ['program', ...words.map((each) => `'${each}'`)].join(' ');
        expect(wordsOfCommand(line)).toEqual({ ok: true, argv: ['program', ...words] });
      }),
    );
  });
});
