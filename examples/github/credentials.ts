/** Who calls: tokens of people, tokens of an app's installation, the app itself by its signed claim. */
import { randomBytes, verify } from 'node:crypto';
import { Refusal } from './answers';
import { fullName, type App, type Level, type Permissions, type Repository, type Role, type World } from './world';

export type TokenKind = 'fine-grained' | 'classic' | 'installation';

export interface Token {
  readonly text: string;
  readonly kind: TokenKind;
  /** The person's login, or the app's slug. */
  readonly login: string;
  readonly permissions: Permissions;
  /** Of classic tokens. */
  readonly scopes: readonly string[];
  readonly repositories: readonly string[] | 'all';
  readonly expiresAt: number | null;
  revoked: boolean;
}

/** Who makes a call. */
export interface Actor {
  readonly kind: 'anonymous' | 'app' | TokenKind;
  /** A login, an app's slug, or empty. */
  readonly login: string;
  readonly role: Role;
  readonly token: Token | null;
  readonly app: App | null;
  /** Calls with the same key share a rate limit. */
  readonly limitKey: string;
}

export class Credentials {
  private readonly tokens = new Map<string, Token>();

  constructor(private readonly world: World) {}

  add(token: Omit<Token, 'text' | 'revoked'>): Token {
    const prefix = { 'fine-grained': 'github_pat_', classic: 'ghp_', installation: 'ghs_' }[token.kind];
    const made: Token = { ...token, text: prefix + randomBytes(18).toString('hex'), revoked: false };
    this.tokens.set(made.text, made);
    return made;
  }

  revoke(text: string): void {
    const token = this.tokens.get(text);
    if (token) token.revoked = true;
  }

  /** Who the header names. Refuses with 401 what names nobody. */
  actor(header: string | undefined): Actor {
    if (!header) return { kind: 'anonymous', login: '', role: 'read', token: null, app: null, limitKey: 'anonymous' };
    const text = secretOf(header);
    if (text.split('.').length === 3) return this.appOf(text);
    const token = this.tokens.get(text);
    if (!token || token.revoked || (token.expiresAt !== null && token.expiresAt <= this.world.now())) {
      throw new Refusal(401, 'Bad credentials');
    }
    const app =
      token.kind === 'installation' ? (this.world.apps.find(({ slug }) => slug === token.login) ?? null) : null;
    const role = app ? 'write' : (this.world.user(token.login)?.role ?? 'read');
    return { kind: token.kind, login: token.login, role, token, app, limitKey: `${token.kind}:${token.login}` };
  }

  /** An app by its claim (JWT, RS256), with the words of GitHub for each way it can be wrong. */
  private appOf(jwt: string): Actor {
    const [head = '', payload = '', signature = ''] = jwt.split('.');
    const claim = readJson(payload) as { iss?: string | number; iat?: number; exp?: number } | null;
    if ((readJson(head) as { alg?: string } | null)?.alg !== 'RS256' || !claim) throw undecodable();
    const app = this.world.apps.find(({ id }) => [String(id), `Iv1.${id}`].includes(String(claim.iss)));
    if (!app) throw new Refusal(401, 'Integration not found');
    const signed = verify(
      'RSA-SHA256',
      Buffer.from(`${head}.${payload}`),
      app.publicKey,
      Buffer.from(signature, 'base64url'),
    );
    if (!signed) throw undecodable();
    const now = this.world.now() / 1000;
    if (!claim.exp || !claim.iat) throw undecodable();
    if (claim.iat > now + 5) {
      const words = "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued";
      throw new Refusal(401, words);
    }
    if (claim.exp <= now)
      throw new Refusal(
        401,
        "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
      );
    if (claim.exp > now + 605) throw new Refusal(401, "'Expiration time' claim ('exp') is too far in the future");
    return { kind: 'app', login: app.slug, role: 'read', token: null, app, limitKey: `app:${app.id}` };
  }
}

/** Whether a repository is there at all for this caller. */
export function canSee(actor: Actor, repository: Repository): boolean {
  if (repository.visibility === 'public') return true;
  const { token } = actor;
  if (!token) return false;
  if (token.kind === 'classic') return token.scopes.includes('repo');
  return covers(token, repository);
}

/** Refuses, with GitHub's words, a call that needs more than the caller may. */
export function demand(actor: Actor, repository: Repository, permission: string, level: Level): void {
  if (level === 'read' && repository.visibility === 'public' && permission !== 'administration') return;
  const { token } = actor;
  if (!token) throw new Refusal(actor.kind === 'anonymous' ? 401 : 403, 'Requires authentication');
  const enough =
    actor.role === 'admin' || (actor.role === 'write' && permission !== 'administration') || level === 'read';
  if (token.kind === 'classic') {
    const scoped =
      token.scopes.includes('repo') || (repository.visibility === 'public' && token.scopes.includes('public_repo'));
    if (!scoped) throw new Refusal(404, 'Not Found', { 'x-accepted-oauth-scopes': 'public_repo, repo' });
    if (!enough) throw new Refusal(403, 'Must have push access to repository');
    return;
  }
  const given = permission === 'metadata' ? 'read' : token.permissions[permission];
  const granted = given === 'write' || (given === 'read' && level === 'read');
  if (granted && enough && covers(token, repository)) return;
  const words = token.kind === 'installation' ? 'integration' : 'personal access token';
  throw new Refusal(403, `Resource not accessible by ${words}`, {
    'x-accepted-github-permissions': `${permission}=${level}`,
  });
}

export const covers = ({ repositories }: Pick<Token, 'repositories'>, repository: Repository): boolean =>
  repositories === 'all' || repositories.some((name) => name.toLowerCase() === fullName(repository).toLowerCase());

/** The secret in an authorization header: Bearer, token, or the password of Basic. */
function secretOf(header: string): string {
  const [scheme = '', rest = ''] = header.split(/ +/, 2);
  if (scheme.toLowerCase() !== 'basic') return rest;
  const [user = '', password = ''] = Buffer.from(rest, 'base64').toString().split(':');
  return password || user;
}

function readJson(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString());
  } catch {
    return null;
  }
}

const undecodable = () => new Refusal(401, 'A JSON web token could not be decoded');
