create table reviews (
  id bigint primary key generated always as identity,
  book_id integer not null,
  stars integer not null,
  comment text
);
