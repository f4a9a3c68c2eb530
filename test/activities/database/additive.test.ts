import { findAdditive } from '../../../activities/database/additive';

async function objection(up: string, down = 'drop table x;'): Promise<string | undefined> {
  const file = (side: string, text: string) => ({ path: `db/001_x.${side}.sql`, content: Buffer.from(text) });
  return (await findAdditive([[file('up', up), file('down', down)]])).get('001_x');
}

describe('code from before runs on after', () => {
  test.each([
    'create table x (id int primary key);',
    'alter table books add column author text;',
    "alter table books add column author text not null default '';",
    'alter table books add column id2 bigint generated always as identity not null;',
    'create index i on books (title); comment on table books is $$all$$;',
    "create table x (id int); insert into x values (1); update books set title = 'x';",
    'alter table books alter column title drop not null;',
  ])('%s', async (up) => {
    expect(await objection(up)).toBeUndefined();
  });
});

describe('it may not, by name and line', () => {
  test.each([
    ['alter table books drop column isbn;', /^contract migration: it drops the column isbn at line 1$/],
    ['select 1;\nalter table books rename column a to b;', /^contract migration: it renames something at line 2/],
    ['alter table books rename to tomes;', /renames something/],
    ['drop table books;', /drops a table/],
    ['alter table books alter column title type int using 1;', /changes the type of the column title/],
    ['alter table books alter column title set not null;', /forbids the column title to be empty/],
    ['alter table books add column author text not null;', /must be given a value/],
    ['alter table books add constraint c check (id > 0);', /adds a constraint/],
    ['delete from books;', /removes data/],
    ['truncate books;', /removes data/],
  ])('%s', async (up, words) => {
    expect(await objection(up)).toMatch(words);
  });

  test('what changes data and cannot simply be dropped again', async () => {
    const up = 'update books set price = price * 2;';
    expect(await objection(up, 'update books set price = price / 2;')).toMatch(/^irreversible: UPDATE at line 1/);
  });
});
