/** Git's packet lines, as far as pushes need them. */

/** The commands at the head of a push: what each ref is to change from and to. */
export function pushCommands(body: Buffer): { ref: string; before: string; after: string }[] {
  return packets(body).flatMap(({ data }) => {
    const [, before, after, ref] = /^([0-9a-f]{40}) ([0-9a-f]{40}) ([^\0\n]+)/.exec(data?.toString() ?? '') ?? [];
    return before && after && ref ? [{ ref, before, after }] : [];
  });
}

/**
 * A push's report with other reasons for some refs: git says "hook declined" for whatever a hook refuses.
 * Understands reports within side band 1 and bare ones.
 */
export function replaceReasons(body: Buffer, reasons: ReadonlyMap<string, string>): Buffer {
  const bare = (report: Buffer): Buffer =>
    Buffer.concat(
      packets(report).map(({ data }) => {
        const [, ref] = /^ng (\S+) hook declined/.exec(data?.toString() ?? '') ?? [];
        const reason = ref === undefined ? undefined : reasons.get(ref);
        return packet(reason === undefined ? data : Buffer.from(`ng ${ref} ${reason}\n`));
      }),
    );
  const outer = packets(body);
  if (!outer.some(({ data }) => data?.[0] === 1)) return bare(body);
  return Buffer.concat(
    outer.map(({ data }) =>
      data?.[0] === 1 ? packet(Buffer.concat([Buffer.from([1]), bare(data.subarray(1))])) : packet(data),
    ),
  );
}

/** The packets up to the first flush that ends a list, and all after it; null = a flush. */
function packets(bytes: Buffer): { data: Buffer | null }[] {
  const found: { data: Buffer | null }[] = [];
  let at = 0;
  while (at + 4 <= bytes.length) {
    const length = Number.parseInt(bytes.subarray(at, at + 4).toString(), 16);
    // What follows a push's commands is its pack.
    if (Number.isNaN(length) || at + length > bytes.length) break;
    found.push({ data: length < 4 ? null : bytes.subarray(at + 4, at + length) });
    at += Math.max(4, length);
  }
  return found;
}

function packet(data: Buffer | null): Buffer {
  if (data === null) return Buffer.from('0000');
  return Buffer.concat([Buffer.from((data.length + 4).toString(16).padStart(4, '0')), data]);
}
