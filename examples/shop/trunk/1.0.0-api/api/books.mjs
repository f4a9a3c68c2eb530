/** What this version needs in the database. */
export const columns = ['books.id', 'books.title'];

export async function listBooks(database) {
  const { rows } = await database.query('select id, title from books order by id');
  return rows;
}
