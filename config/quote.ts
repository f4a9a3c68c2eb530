/** How a value of the file is shown in a message: short, and without the password of an address. */
export function quote(value: unknown): string {
  const text = typeof value === 'string' ? withoutPassword(value) : value;
  const shown = JSON.stringify(text) ?? String(text);
  return shown.length > 80 ? `${shown.slice(0, 76)}…${shown.slice(-1)}` : shown;
}

/** The user part of every address in `text` replaced, unless it is made of references only. */
function withoutPassword(text: string): string {
  return text.replace(/:\/\/([^/@\s]*)@/g, (whole, user: string) =>
    user.replace(/\$\{env:[^}]*\}/g, '').replace(':', '') === '' ? whole : '://…@',
  );
}
