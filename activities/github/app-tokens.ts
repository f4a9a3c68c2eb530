/** Tokens of a GitHub App's installation: made when they are needed, made anew before they end, or once GitHub wants no more of one. */
import { createPrivateKey, sign, type KeyObject } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a client sends as its proof, and what is known of it. */
export interface AccessToken {
  readonly token: string;
  /** ISO 8601; absent = it is not known here. */
  readonly expiresAt?: string;
  /** What an App's installation was granted: `contents` → `write`. */
  readonly permissions?: Readonly<Record<string, string>>;
}

/** An answer of GitHub as far as it matters here. */
interface Answer<T> {
  readonly data: T;
  readonly headers: { readonly date?: string | undefined };
}

interface Made {
  readonly token: string;
  readonly expires_at: string;
  readonly permissions?: Readonly<Record<string, string>>;
}

/** Asks GitHub, with this claim (a JWT) as the App's proof. Rejects with what Octokit throws. */
export interface AppCalls {
  findInstallation(claim: string): Promise<Answer<{ readonly id: number }>>;
  makeToken(claim: string, installation: number): Promise<Answer<Made>>;
}

/** Milliseconds before its end from which a token is not used any more: a push with git may take that long. */
const spare = 5 * 60_000;

/** Milliseconds for which a new token may not be known to every copy of GitHub yet. */
const settling = 5_000;

/** Seconds that a claim is good for, before and after now: GitHub takes at most ten minutes. */
const claimFrom = -30;
const claimTo = 540;

interface Kept {
  readonly token: AccessToken;
  readonly madeAt: number;
  /** By our clock, milliseconds since 1970. */
  readonly freshUntil: number;
}

/** The tokens of one App for one repository. */
export class AppTokens {
  private readonly key: KeyObject;
  private kept: Kept | undefined;
  private making: Promise<Kept> | undefined;
  private installationId: number | undefined;
  /** Milliseconds by which GitHub's clock is ahead of ours, once a claim was refused for it. */
  private skew = 0;

  /** Throws where the key is none. */
  constructor(
    private readonly app: { readonly id: string; readonly privateKey: string; readonly installation?: string },
    private readonly calls: AppCalls,
  ) {
    this.key = createPrivateKey(app.privateKey);
    if (app.installation !== undefined) this.installationId = Number(app.installation);
  }

  /** One that is good for some minutes at least. Rejects with what Octokit throws. */
  async get(): Promise<AccessToken> {
    if (this.kept && Date.now() < this.kept.freshUntil) return this.kept.token;
    return (await this.make()).token;
  }

  /**
   * Runs `call` with a token. One that GitHub does not take (401: nothing was done) is made anew once, since it may
   * have been revoked, or one of the clocks was set; a new one is given a moment to be known everywhere.
   */
  async with<T>(call: (token: string) => Promise<T>): Promise<T> {
    let isRenewed = false;
    for (let round = 1; ; round++) {
      const { token } = await this.get();
      try {
        return await call(token);
      } catch (error) {
        if (statusOf(error) !== 401) throw error;
        const { kept } = this;
        // Another call has had it made anew meanwhile.
        if (kept?.token.token !== token && round <= 3) continue;
        const isNew = kept !== undefined && Math.abs(Date.now() - kept.madeAt) < settling;
        if (isNew && round <= 2) {
          await sleep(round * 500);
          continue;
        }
        if (isRenewed) throw error;
        isRenewed = true;
        this.kept = undefined;
      }
    }
  }

  private make(): Promise<Kept> {
    this.making ??= this.ask().finally(() => (this.making = undefined));
    return this.making;
  }

  private async ask(): Promise<Kept> {
    this.installationId ??= (await this.claiming((claim) => this.calls.findInstallation(claim))).data.id;
    const id = this.installationId;
    const { data, headers } = await this.claiming((claim) => this.calls.makeToken(claim, id));
    const now = Date.now();
    // Its end is told by GitHub's clock.
    const life = Date.parse(data.expires_at) - (Date.parse(headers.date ?? '') || now);
    const { token, expires_at: expiresAt, permissions } = data;
    this.kept = {
      token: { token, expiresAt, ...(permissions && { permissions }) },
      madeAt: now,
      freshUntil: now + life - Math.min(spare, life / 4),
    };
    return this.kept;
  }

  /** A claim is refused where the clocks differ: GitHub's answer says what time it is there. */
  private async claiming<T>(call: (claim: string) => Promise<T>): Promise<T> {
    try {
      return await call(this.claim());
    } catch (error) {
      const there = Date.parse(dateOf(error) ?? '');
      const skew = there - Date.now();
      if (statusOf(error) !== 401 || Number.isNaN(there) || Math.abs(skew - this.skew) < 10_000) throw error;
      this.skew = skew;
      return await call(this.claim());
    }
  }

  private claim(): string {
    const now = Math.floor((Date.now() + this.skew) / 1_000);
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const text = `${part({ alg: 'RS256', typ: 'JWT' })}.${part({ iat: now + claimFrom, exp: now + claimTo, iss: this.app.id })}`;
    return `${text}.${sign('RSA-SHA256', Buffer.from(text), this.key).toString('base64url')}`;
  }
}

const statusOf = (error: unknown): unknown => (error as { status?: unknown } | null)?.status;

const dateOf = (error: unknown): string | undefined =>
  (error as { response?: { headers?: { date?: string } } } | null)?.response?.headers?.date;
