import type { LocalRef, Workspace } from './workspace';

/** Every ref that is here, by its full name. Fails with INTERNAL if git does. */
export async function readLocalRefs(workspace: Pick<Workspace, 'localOutput'>): Promise<ReadonlyMap<string, LocalRef>> {
  // What a tag says of its target is read from the tag alone: the target itself may not be here.
  const format = '%(refname)%00%(objectname)%00%(objecttype)%00%(object)%00%(type)';
  const { stdout } = await workspace.localOutput(['for-each-ref', `--format=${format}`]);
  const lines = stdout.split('\n').filter(Boolean);
  return new Map(
    lines.map((line) => {
      const [name = '', object = '', type = '', target = '', targetType = ''] = line.split('\0');
      const isTag = type === 'tag';
      return [name, { object, target: isTag ? target : object, type: isTag ? targetType : type }];
    }),
  );
}
