/** Quotes any text as one word for a POSIX shell or for Python's shlex. */
export function shellWord(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
