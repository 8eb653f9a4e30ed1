function row(cells: readonly string[], tag: 'td' | 'th' = 'td'): string {
  const [first = '', ...rest] = cells;
  const head = tag === 'th' ? `<th scope="col">${first}</th>` : `<th scope="row">${first}</th>`;
  return `<tr>${head}${rest.map((cell) => `<${tag} class="n">${cell}</${tag}>`).join('')}</tr>`;
}

/** A table that scrolls sideways where it is too wide; the first column names the rows, the others hold numbers. Cells are HTML. */
export function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return `<div class="scroll"><table><thead>${row(head, 'th')}</thead><tbody>${rows.map((cells) => row(cells)).join('')}</tbody></table></div>`;
}
