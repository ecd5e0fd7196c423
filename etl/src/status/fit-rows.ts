/** As many lines from the top as fit in the rows of a terminal, which wraps what is wider than it. */
export function fitRows(text: string, { rows, columns }: { readonly rows: number; readonly columns: number }): string {
  let left = rows;
  const lines = text.split('\n');
  const end = lines.findIndex((line) => {
    left -= Math.max(1, Math.ceil(line.length / columns));
    return left < 0;
  });
  return end === -1 ? text : lines.slice(0, end).join('\n');
}
