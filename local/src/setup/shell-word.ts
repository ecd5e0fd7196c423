/** One word for a POSIX shell, or for Python's shlex: in single quotes, whatever it holds. */
export function shellWord(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
