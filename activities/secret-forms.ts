/** Values that say nothing: masking them would only make texts unreadable. */
const common = new Set(
  (
    'true false null none yes no on off test tests dev development staging stage prod production preview local ' +
    'localhost main master trunk debug info warn error trace verbose silent public postgres postgresql admin root user ' +
    'http https json text default enabled disabled utf-8 utf8'
  ).split(' '),
);

const shortestSecret = 4;

/**
 * Every form in which the value of a variable could give a secret away, as literal texts; none if it holds no secret.
 * Of an address only the login, the values of its query and what looks like a token in its path count, so that
 * people can still read which host is meant.
 */
export function secretForms(value: string): string[] {
  const whole = value.trim();
  const address = asAddress(whole);
  const secrets = address ? secretsOfAddress(address) : [whole, ...lines(whole)];
  const login = address && loginOf(address);
  const forms = secrets.filter(isTelling).flatMap(written);
  return [...new Set(login ? [...forms, Buffer.from(login).toString('base64')] : forms)];
}

function isTelling(text: string): boolean {
  return text.length >= shortestSecret && !common.has(text.toLowerCase()) && !/^\d{1,5}$/.test(text);
}

/** As it is, in a URL, in JSON, and in Basic authorization. */
function written(text: string): string[] {
  return [text, encoded(text), JSON.stringify(text).slice(1, -1), Buffer.from(text).toString('base64')];
}

/** Of a key in several lines each line is secret, since texts are often shown line by line. */
function lines(text: string): string[] {
  const parts = text.split(/\r?\n/).map((line) => line.trim());
  return parts.length === 1 ? [] : parts.filter((line) => line.length >= 8 && !line.startsWith('-----'));
}

function asAddress(text: string): URL | undefined {
  return /^[a-z][a-z0-9+.-]*:\/\/\S+$/i.test(text) && URL.canParse(text) ? new URL(text) : undefined;
}

function secretsOfAddress({ username, password, searchParams, hash, pathname }: URL): string[] {
  // Many hosts take a token as the user and need no password.
  const login = password ? [password] : [username];
  const tokens = pathname.split('/').filter((part) => part.length >= 16 && /\d/.test(part) && /[a-z]/i.test(part));
  const parts = [...login, ...searchParams.values(), hash.slice(1), ...tokens];
  return parts.flatMap((part) => [part, decoded(part)]);
}

function loginOf({ username, password }: URL): string | undefined {
  return username || password ? `${decoded(username)}:${decoded(password)}` : undefined;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** `encodeURIComponent`, which refuses half of a surrogate pair. */
function encoded(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    return text;
  }
}
