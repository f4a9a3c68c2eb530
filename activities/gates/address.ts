/** `url` with the release's names in its placeholders, each as a part of an address. */
export function filledAddress(url: string, values: { version: string; environment: string; project: string }): string {
  return url.replace(/(?<!\$)\{(version|environment|project)\}/g, (_, name: keyof typeof values) =>
    encodeURIComponent(values[name]),
  );
}
