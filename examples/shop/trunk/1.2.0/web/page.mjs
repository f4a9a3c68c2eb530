export function page(books) {
  const line = ({ title, author, stars }) =>
    `<li>${title}${author ? `, by ${author}` : ''}${stars ? ` (${stars} stars)` : ''}</li>`;
  return `<h1>The shop</h1><ul>${books.map(line).join('')}</ul>`;
}
