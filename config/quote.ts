/** How a value of the file is shown in a message: short, and without passwords. */
export function quote(value: unknown): string {
  const text = typeof value === 'string' ? withoutSecrets(value) : value;
  const shown = JSON.stringify(text) ?? String(text);
  return shown.length > 80 ? `${shown.slice(0, 76)}…${shown.slice(-1)}` : shown;
}

/** The user part of every address replaced, unless it is made of references only, and whatever follows `password=`. */
export function withoutSecrets(text: string): string {
  const named = /((?:password|passwd|token|secret|api_?key)\w*["']?\s*[=:]\s*)(?!\$\{env:)[^\s&"'@]+/gi;
  return text
    .replace(named, '$1…')
    .replace(/:\/\/([^/@\s]*)@/g, (whole, user: string) =>
      user.replace(/\$\{env:[^}]*\}/g, '').replace(':', '') === '' ? whole : '://…@',
    );
}
