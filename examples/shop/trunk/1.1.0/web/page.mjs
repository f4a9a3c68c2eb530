export function page(books) {
  const line = ({ title, author }) => `<li>${title}${author ? `, by ${author}` : ''}</li>`;
  return `<h1>The shop</h1><ul>${books.map(line).join('')}</ul>`;
}
