export function page(books) {
  return `<h1>The shop</h1><ul>${books.map(({ title }) => `<li>${title}</li>`).join('')}</ul>`;
}
