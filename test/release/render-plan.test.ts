import { renderPlan, renderPlanMarkdown } from '../../release/render-plan';
import type { Paint } from '../../release/paint';
import { expectGolden } from './golden';
import { gates, plan } from './sample-release';

describe('A plan on screen', () => {
  it('reads as in its golden file', () => expectGolden('plan.txt', renderPlan(plan, gates)));

  it('holds both scripts of every migration, and the whole digest', () => {
    const text = renderPlan(plan, gates);
    expect(text).toContain('add column price_cents integer');
    expect(text).toContain('drop column price_cents');
    expect(text).toContain(plan.digest);
  });

  it('says that a rollback script needs a person, and why', () => {
    const [api, ...rest] = plan.services;
    const script = { ...api!.database!.scripts[0]!, undo: { unattended: false as const, reason: 'it deletes rows' } };
    const changed = { ...plan, services: [{ ...api!, database: { ...api!.database!, scripts: [script] } }, ...rest] };
    expect(renderPlan(changed, gates)).toContain('rollback: needs a person: it deletes rows');
  });

  it('names what an approval must acknowledge', () => {
    const acknowledgements = [{ id: 'no-way-back:api', text: 'api is released for the first time' }];
    expect(renderPlan({ ...plan, acknowledgements }, gates)).toContain(
      'no-way-back:api  api is released for the first time',
    );
  });

  it('shows a commit subject that tries to move the cursor or to turn the text around as what it is', () => {
    const subject = 'nice\u001b[2J\u202eevil';
    const [api] = plan.services;
    const commits = { total: 1, shown: [{ ...api!.commits.shown[0]!, subject }] };
    const text = renderPlan({ ...plan, services: [{ ...api!, commits }] }, []);
    expect(text).toContain('nice\\u{001b}[2J\\u{202e}evil');
    expect(text).not.toContain('\u001b');
  });

  it('says the same with colours as without', () => {
    const colour = (text: string) => `<${text}>`;
    const paint: Paint = { bold: colour, dim: colour, red: colour, green: colour, yellow: colour, cyan: colour };
    const withoutMarks = (text: string) => text.replace(/[<>]/g, '');
    expect(withoutMarks(renderPlan(plan, gates, paint))).toBe(withoutMarks(renderPlan(plan, gates)));
  });
});

describe('A plan in Markdown', () => {
  it('reads as in its golden file', () => expectGolden('plan.md', renderPlanMarkdown(plan, gates)));

  it('cannot be broken out of by a script or a commit subject', () => {
    const [api] = plan.services;
    const script = { ...api!.database!.scripts[0]!, up: '-- ```\n# not a title\n' };
    const commits = { total: 1, shown: [{ ...api!.commits.shown[0]!, subject: '<img src=x> [link](http://evil)' }] };
    const text = renderPlanMarkdown(
      { ...plan, services: [{ ...api!, commits, database: { ...api!.database!, scripts: [script] } }] },
      [],
    );
    expect(text).toContain('````sql\n-- ```\n# not a title\n````');
    expect(text).toContain('\\<img src=x\\> \\[link\\](http://evil)');
  });
});
