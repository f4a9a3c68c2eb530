import { isIn, membersOf, personCalled, samePerson, type WhoIsWho } from '../../release/people';
import { keyOf } from '../../release/ssh-key';

const key = 'AAAAC3NzaC1lZDI1NTE5AAAAIL+X57gZeP2YpRgkngRZumKh8P1OPuXYuzPkAvA8kQcA';
const project: WhoIsWho = {
  people: {
    ada: {
      name: 'ada',
      emails: ['ada@shop.example'],
      github: 'ada-l',
      keys: [`ssh-ed25519 ${key} laptop`],
      bot: false,
    },
    grace: { name: 'grace', emails: [], keys: [], bot: false },
    deploys: { name: 'deploys', emails: [], github: 'shop-deploy[bot]', keys: [], bot: true },
  },
  teams: {
    backend: { name: 'backend', members: ['Grace', 'ada@shop.example'] },
    all: { name: 'all', members: ['backend', 'all', 'deploys'] },
  },
};

describe('a person', () => {
  test.each([
    ['their name', 'ada'],
    ['their name in other letters', ' ADA '],
    ['an e-mail', 'Ada@Shop.Example'],
    ['an e-mail as git writes it', 'Ada Lovelace <ada@shop.example>'],
    ['their login', 'Ada-L'],
    ['the e-mail by which GitHub hides another', '1234+ada-l@users.noreply.github.com'],
    ['their key, whatever its comment is', `ssh-ed25519 ${key} other@place`],
  ])('is known by %s', (_, said) => {
    expect(personCalled(project, said)?.name).toBe('ada');
    expect(samePerson(project, said, 'ada')).toBe(true);
  });

  test.each(['ad', 'ada-l2', 'ada@shop.example.org', `ssh-ed25519 ${key.slice(0, -4)}AAAA`, '', 'Ada Lovelace'])(
    'is not meant by %j',
    (said) => {
      expect(personCalled(project, said)).toBeUndefined();
      expect(samePerson(project, said, 'ada')).toBe(false);
      expect(isIn(project, ['backend', said], said)).toBe(false);
    },
  );

  test('who is unknown is the same only under the same words', () => {
    expect(samePerson(project, 'mallory', 'Mallory')).toBe(true);
    expect(samePerson(project, 'mallory', 'eve')).toBe(false);
  });

  test('stands for themselves where nobody is named', () => {
    expect(personCalled({}, ' Ada ')).toMatchObject({ name: 'Ada', bot: false });
    expect(personCalled({ people: {} }, 'shop-deploy[bot]')).toMatchObject({ bot: true });
    expect(samePerson({}, 'Ada', 'ada')).toBe(false);
    expect(isIn({ teams: { team: { name: 'team', members: ['ada'] } } }, ['team'], 'ada')).toBe(true);
  });
});

describe('a list of people and teams', () => {
  test('means each person once, by their one name, through teams of teams', () => {
    expect(membersOf(project, ['ada-l', 'all', 'mallory'])).toEqual(['ada', 'grace', 'deploys', 'mallory']);
    expect(isIn(project, ['all'], 'ADA@shop.example')).toBe(true);
    expect(isIn(project, ['backend'], 'deploys')).toBe(false);
  });
});

describe('a key', () => {
  test('is read with or without a comment, and told apart by nothing else', () => {
    expect(keyOf(`  ssh-ed25519   ${key}  `)).toEqual(keyOf(`ssh-ed25519 ${key} a b c`));
  });

  test.each([
    ['cut short', `ssh-ed25519 ${key.slice(0, -4)}`],
    ['of another kind than it says', `ssh-rsa ${key}`],
    ['with options before it', `no-touch-required ssh-ed25519 ${key}`],
    ['with bytes behind it', `ssh-ed25519 ${key}AAAA`],
    ['in base64 that could be written otherwise', `ssh-ed25519 ${key.slice(0, -1)}=`],
    ['a certificate', `ssh-ed25519-cert-v01@openssh.com ${key}`],
    ['no text of a key', 'ada'],
  ])('%s is none', (_, line) => {
    expect(keyOf(line)).toBeUndefined();
  });
});
