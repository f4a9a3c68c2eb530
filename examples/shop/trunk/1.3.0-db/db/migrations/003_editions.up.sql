create table editions (
  book_id integer not null,
  format text not null
);

-- One row a book, as slow as it would be with a real catalogue.
insert into editions (book_id, format)
  select id, 'paperback' from books where pg_sleep(:pause) is not null;
