-- The shop's database as version 1.0.0 was born with it; db/migrations/ is what came later.
create table books (
  id integer primary key generated always as identity,
  title text not null
);

create table customers (
  id integer primary key generated always as identity,
  name text not null,
  favourite integer references books
);

insert into books (title) values
  ('The Mythical Man-Month'), ('Release It!'), ('Refactoring'), ('Working Effectively with Legacy Code'),
  ('Continuous Delivery'), ('Site Reliability Engineering'), ('The Pragmatic Programmer'), ('Code Complete'),
  ('Designing Data-Intensive Applications'), ('Accelerate'), ('The Art of PostgreSQL'), ('Pro Git');

insert into customers (name, favourite)
  select 'customer ' || n, 1 + n % 12 from generate_series(1, 200) as n;
