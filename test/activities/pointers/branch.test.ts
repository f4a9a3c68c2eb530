import { pointerContract } from './contract';
import { pointers, type Transport } from './harness';

describe.each<Transport>(['file', 'http', 'github'])('pointer kind branch, over %s', (transport) => {
  pointerContract({
    transport,
    pointer: pointers.branch,
    ref: 'refs/heads/production',
    conflict: 'POINTER_CONFLICT',
    restored: ({ remote }) => remote.ref('refs/heads/production'),
  });
});
