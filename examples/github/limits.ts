/** The primary rate limit: so many calls an hour for each caller and resource. */
import { Refusal } from './answers';
import type { Actor } from './credentials';
import type { World } from './world';

export type Resource = 'core' | 'graphql';

interface Meter {
  limit: number;
  used: number;
  /** Milliseconds since 1970. */
  reset: number;
}

export class Limits {
  /** The status of what is refused: GitHub uses both. */
  status: 403 | 429 = 403;
  private readonly meters = new Map<string, Meter>();
  private readonly wished = new Map<string, { limit: number; windowMs: number }>();

  constructor(private readonly world: World) {}

  /** Sets how many calls a caller (a login or an app's slug) may make in a window, and starts one. */
  set(login: string, resource: Resource, limit: number, windowMs = 3_600_000): void {
    this.wished.set(`${login}:${resource}`, { limit, windowMs });
    for (const key of this.meters.keys()) {
      if (key.endsWith(`:${login}:${resource}`)) this.meters.delete(key);
    }
  }

  meter(actor: Actor, resource: Resource): Readonly<Meter> {
    const key = `${actor.limitKey}:${resource}`;
    const found = this.meters.get(key);
    const now = this.world.now();
    if (found && found.reset > now) return found;
    const usual = { limit: actor.kind === 'anonymous' ? 60 : 5000, windowMs: 3_600_000 };
    const { limit, windowMs } = this.wished.get(`${actor.login}:${resource}`) ?? usual;
    const fresh = { limit, used: 0, reset: now + windowMs };
    this.meters.set(key, fresh);
    return fresh;
  }

  exhausted(actor: Actor, resource: Resource): boolean {
    const { limit, used } = this.meter(actor, resource);
    return used >= limit;
  }

  count(actor: Actor, resource: Resource): void {
    (this.meter(actor, resource) as Meter).used += 1;
  }

  /** What a caller is told whose limit is used up. */
  exceeded(actor: Actor): Refusal {
    return new Refusal(this.status, limitWords(actor));
  }

  headers(actor: Actor, resource: Resource): Record<string, string> {
    const { limit, used, reset } = this.meter(actor, resource);
    return {
      'x-ratelimit-limit': String(limit),
      'x-ratelimit-remaining': String(Math.max(0, limit - used)),
      'x-ratelimit-used': String(used),
      'x-ratelimit-reset': String(Math.ceil(reset / 1000)),
      'x-ratelimit-resource': resource,
    };
  }

  /** As `GET /rate_limit` shows one resource. */
  overview(actor: Actor, resource: Resource) {
    const { limit, used, reset } = this.meter(actor, resource);
    return { limit, used, remaining: Math.max(0, limit - used), reset: Math.ceil(reset / 1000) };
  }
}

export const limitWords = (actor: Actor): string =>
  `API rate limit exceeded for ${actor.login ? `user ${actor.login}` : '127.0.0.1'}.`;
