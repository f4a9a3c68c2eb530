/** Which published operation a request is. */
import type { Conformity, OperationPlace } from './conformity';

export interface Route {
  readonly place: OperationPlace;
  readonly params: Readonly<Record<string, string>>;
}

/** Parameters that may hold slashes. */
const long = ['ref', 'path', 'branch', 'basehead', 'tag'];

export class Router {
  private readonly routes: { place: OperationPlace; pattern: RegExp; names: string[] }[];

  constructor({ operations }: Conformity) {
    // Longer templates are the more exact ones: commits/{sha}/pulls before commits/{ref}.
    const ordered = [...operations].sort((a, b) => b.path.length - a.path.length);
    this.routes = ordered.map((place) => {
      const names = [...place.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
      const source = place.path.replace(/\{(\w+)\}/g, (_, name: string) => (long.includes(name) ? '(.*)' : '([^/]+)'));
      return { place, names, pattern: new RegExp(`^${source}/?$`) };
    });
  }

  /** The operation, `null` if there is none; `HEAD` counts as `GET`. */
  find(method: string, path: string): Route | null {
    const wanted = method === 'HEAD' ? 'get' : method.toLowerCase();
    for (const { place, pattern, names } of this.routes) {
      const match = place.method === wanted ? pattern.exec(path) : null;
      if (!match) continue;
      return { place, params: Object.fromEntries(names.map((name, at) => [name, decode(match[at + 1] ?? '')])) };
    }
    return null;
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
