import { readGateAnswer, tidyEvidence } from '../../release/gate-answer';

test('an answer is read whole, with its evidence in one form', () => {
  const evidence = [
    { name: 'ticket', value: 7, link: 'https://tickets.example/7', at: '2026-01-02T01:00:00+01:00' },
    { name: 'who', value: null, link: null, at: null },
  ];
  expect(readGateAnswer(JSON.stringify({ verdict: 'pending', detail: ' soon \n enough ', evidence, more: 1 }))).toEqual(
    {
      verdict: 'pending',
      detail: 'soon enough',
      evidence: [
        { name: 'ticket', value: '7', link: 'https://tickets.example/7', at: '2026-01-02T00:00:00.000Z' },
        { name: 'who' },
      ],
    },
  );
});

test.each<[string, string]>([
  ['yes', 'it is no JSON object'],
  ['["passed"]', 'it is no JSON object'],
  ['{}', 'its verdict is none of passed, failed, unknown, pending'],
  ['{"verdict":"PASSED"}', 'its verdict is none of passed, failed, unknown, pending'],
  ['{"verdict":"passed","detail":{}}', 'its detail is no text'],
  ['{"verdict":"passed","evidence":{}}', 'its evidence is no list'],
  ['{"verdict":"passed","evidence":["x"]}', 'a piece of its evidence is no object'],
  ['{"verdict":"passed","evidence":[{"name":" "}]}', 'a piece of its evidence has no name'],
  ['{"verdict":"passed","evidence":[{"name":"x","value":{}}]}', 'a value of its evidence is no text'],
  [
    '{"verdict":"passed","evidence":[{"name":"x","link":"javascript:alert(1)"}]}',
    'a link of its evidence is no address of the web',
  ],
  ['{"verdict":"passed","evidence":[{"name":"x","at":"soon"}]}', 'a time of its evidence is no date'],
])('%s is no answer: %s', (text, malformed) => {
  expect(readGateAnswer(text)).toEqual({ malformed });
});

test('evidence is kept within limits, and secrets in it are masked', () => {
  const many = Array.from({ length: 50 }, (_, n) => ({
    name: `n${n}`,
    value: 'secret '.repeat(100),
    link: 'https://x/secret',
  }));
  const tidy = tidyEvidence(many, (text) => text.replaceAll('secret', '***'));
  expect(tidy).toHaveLength(20);
  expect(JSON.stringify(tidy)).not.toContain('secret');
  expect(tidy[0]?.value?.length).toBeLessThanOrEqual(200);
});
