import fc from 'fast-check';
import { classifyRemoteFailure, judgePush, lastWords, maskSecrets, maskUrl } from '../../release/git-answers';

const to = 'To /srv/shop.git\n';
const answer = (stdout: string, code: number | null = 1, stderr = '') =>
  judgePush({ code, stdout: to + stdout, stderr });

describe('what git says of a push', () => {
  it('is success where every ref was updated, or stood there already', () => {
    expect(answer('*\taa:refs/tags/v1\t[new tag]\n \tbb:refs/slipway/p\t1..2\nDone\n', 0)).toEqual({ kind: 'done' });
    expect(answer('=\taa:refs/tags/v1\t[up to date]\n-\t:refs/tags/v2\t[deleted]\nDone\n', 0)).toEqual({
      kind: 'done',
    });
    expect(answer('+\taa:refs/heads/p\t1...2 (forced update)\nDone\n', 0)).toEqual({ kind: 'done' });
  });

  it.each([
    '!\taa:refs/tags/v1\t[rejected] (atomic push failed)\n!\tbb:refs/slipway/p\t[rejected] (stale info)\n',
    '!\taa:refs/tags/v1\t[remote rejected] (failed to update ref)\n!\tbb:refs/slipway/p\t[remote rejected] (atomic transaction failed)\n',
    '!\taa:refs/tags/v1\t[remote rejected] (reference already exists)\n',
    "!\taa:refs/heads/p\t[remote rejected] (cannot lock ref 'refs/heads/p': is at 1 but expected 2)\n",
    '!\taa:refs/tags/v1\t[rejected] (atomic push failed)\n',
  ])('is a lost race: %j', (lines) => {
    expect(answer(lines).kind).toBe('lost race');
  });

  it('is a refusal, with the ref and the words of the remote, where a rule forbids it', () => {
    const lines =
      '!\taa:refs/heads/p\t[remote rejected] (pre-receive hook declined)\n' +
      '!\tbb:refs/slipway/p\t[remote rejected] (atomic transaction failed)\n';
    expect(answer(lines, 1, 'remote: protected branch\nerror: failed to push some refs\n')).toEqual({
      kind: 'refused',
      ref: 'refs/heads/p',
      detail: '[remote rejected] (pre-receive hook declined): protected branch',
    });
    expect(answer('!\taa:refs/heads/p\t[remote rejected] (non-fast-forward)\n').kind).toBe('refused');
    expect(
      judgePush({ code: 128, stdout: '', stderr: 'fatal: the receiving end does not support --atomic push' }).kind,
    ).toBe('refused');
  });

  it.each([
    ['an answer that was lost', '', 1, 'error: RPC failed; curl 52 Empty reply from server'],
    [
      'a remote that stopped half way',
      '!\taa:refs/heads/p\t[remote failure] (remote failed to report status)\n',
      1,
      '',
    ],
    ['a remote in trouble', '!\taa:refs/heads/p\t[remote rejected] (unpacker error)\n', 1, ''],
    ['git killed', '', null, ''],
    ['nothing said, with success', '', 0, ''],
  ])('tells nothing: %s', (_, stdout, code, stderr) => {
    expect(answer(stdout, code, stderr).kind).toBe('no answer');
  });

  it('is a matter of credentials where the remote asks for them', () => {
    const stderr = "fatal: could not read Username for 'https://host': terminal prompts disabled";
    expect(judgePush({ code: 128, stdout: '', stderr }).kind).toBe('denied');
  });

  it('is never success where a line says that a ref was rejected', () => {
    const flags = fc.constantFrom(' ', '+', '-', '*', '=', '!');
    const line = fc.tuple(flags, fc.constantFrom('refs/a', 'refs/b'), fc.string()).map(([flag, ref, words]) => ({
      flag,
      text: `${flag}\tx:${ref}\t${words.replace(/[\n\r]/g, ' ')}`,
    }));
    fc.assert(
      fc.property(fc.array(line), fc.option(fc.integer({ min: 0, max: 255 })), (lines, code) => {
        const { kind } = answer(lines.map(({ text }) => text).join('\n'), code);
        const clean = code === 0 && lines.length > 0 && lines.every(({ flag }) => flag !== '!');
        expect(kind === 'done').toBe(clean);
      }),
    );
  });
});

describe('why a remote could not be read', () => {
  it.each([
    ['denied', "remote: Invalid username or password.\nfatal: Authentication failed for 'https://host/'"],
    ['denied', 'git@host: Permission denied (publickey).\nfatal: Could not read from remote repository.'],
    ['denied', "fatal: unable to access 'https://host/': The requested URL returned error: 403"],
    ['denied', 'Host key verification failed.'],
    ['missing', "fatal: '/srv/shop.git' does not appear to be a git repository"],
    ['missing', "fatal: repository 'http://host/shop.git/' not found"],
    ['unreachable', "fatal: unable to access 'https://host/': Could not resolve host: host"],
    ['unreachable', "fatal: unable to access 'http://host/': The requested URL returned error: 503"],
    ['unreachable', 'ssh: connect to host x port 22: Connection refused'],
    ['unreachable', ''],
  ])('%s: %s', (kind, stderr) => {
    expect(classifyRemoteFailure(stderr)).toBe(kind);
  });

  it('is told by the line that says most', () => {
    expect(lastWords('warning: x\nfatal: no such thing\nPlease make sure\n')).toBe('no such thing');
    expect(lastWords('only this\n')).toBe('only this');
    expect(lastWords('')).toBe('');
    expect(lastWords(`fatal: ${'x'.repeat(999)}`)).toHaveLength(300);
  });
});

describe('credentials in an address', () => {
  it('are hidden, wherever they stand', () => {
    expect(maskUrl('https://ada:pass@host/x.git')).toBe('https://***@host/x.git');
    expect(maskUrl('https://token@host/x')).toBe('https://***@host/x');
    expect(maskUrl('https://ada:p@ss@host/x')).toBe('https://***@host/x');
    expect(maskUrl('https://host/a@b')).toBe('https://host/a@b');
    expect(maskUrl('git@host:x.git')).toBe('git@host:x.git');
    expect(maskUrl('/srv/shop.git')).toBe('/srv/shop.git');
    expect(maskSecrets("fatal: bad password 'p%40ss' or 'p@ss'", 'https://ada:p%40ss@host/')).toBe(
      "fatal: bad password '***' or '***'",
    );
  });

  it('never remain', () => {
    const word = fc.stringMatching(/^[A-Za-z0-9]{12,20}$/);
    fc.assert(
      fc.property(word, word, fc.string(), (user, password, text) => {
        const url = `https://${user}:${password}@host/x.git`;
        const masked = maskSecrets(`${text} ${url} ${text} ${password}`, url);
        expect(masked).not.toContain(password);
      }),
    );
  });
});
