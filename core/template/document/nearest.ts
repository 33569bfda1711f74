/** What a misspelled name was most likely meant to be. */

/** The known name that differs in one letter, in two if it is longer, or in the order of its letters. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const most = name.length < 6 ? 1 : 2;
  const letters = (text: string) => [...text.toLowerCase()].sort().join("");
  return known.find(
    (other) => letters(other) === letters(name) || distance(name.toLowerCase(), other.toLowerCase()) <= most,
  );
}

/** The Levenshtein distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, n) => n);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(
        Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)),
      );
    row = next;
  }
  return row[b.length] ?? 0;
}
