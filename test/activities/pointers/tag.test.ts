import { pointerContract } from './contract';
import { pointers, type Transport } from './harness';

// Over HTTP the pushes are those of a branch.
describe.each<Transport>(['file', 'github'])('pointer kind tag, over %s', (transport) => {
  pointerContract({
    transport,
    pointer: pointers.tag,
    ref: 'refs/tags/v1.1.0',
    conflict: 'TAG_EXISTS',
    restored: ({ remote }) => {
      const tags = Object.keys(remote.refs()).filter((name) => name.includes('v1.0.0-rollback.'));
      return tags.length > 0 ? remote.commitOf(tags.at(-1) ?? '') : null;
    },
  });
});
