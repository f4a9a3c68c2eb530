import { startSlipway, type Slipway } from '../support/slipway';
let slipway: Slipway;
afterEach(() => slipway?.stop());
test('probe', async () => {
  slipway = await startSlipway();
  const release = await slipway.release('1.1.0');
  await release.in('awaiting approval');
  const ws = slipway.client.connection.workflowService;
  const send = (signalName: string, payloads: unknown[]) => ws.signalWorkflowExecution({ namespace: 'default', workflowExecution: { workflowId: release.id }, signalName, input: { payloads: payloads as never } });
  const enc = (s: string) => new TextEncoder().encode(s);
  const look = async (what: string) => { try { console.log(what, (await release.state()).timeline.slice(-1)[0]?.text); } catch (e) { console.log(what, 'STUCK', String(e)); } };
  await send('approve', [{ metadata: {}, data: enc('x') }]).catch((e) => console.log('refused by server', String(e)));
  await look('no metadata');
  await send('approve', [{ metadata: {encoding: enc('json/plain')}, data: enc('{x') }]); await look('bad json');
  await send('__temporal_x', []).catch((e) => console.log('refused by server', String(e)));
  await look('reserved');
}, 120000);
