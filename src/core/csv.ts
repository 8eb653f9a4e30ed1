/** A table as CSV after RFC 4180. */
export function csvOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const field = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return [head, ...rows].map((cells) => `${cells.map(field).join(',')}\r\n`).join('');
}
