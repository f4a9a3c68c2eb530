/** What an HTTP check is called if nobody gave it a name: method and path, `GET /books`. */
export function nameOfHttpCheck(method: string, url: string): string {
  const path = url.replace(/^(https?:\/\/[^/?#]*|\$\{env:[^}]*\})/i, '').replace(/[?#].*$/s, '');
  return `${method} ${path === '' ? '/' : path}`;
}
