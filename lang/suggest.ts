/** Longer names are not compared: nobody meant those by a slip of the finger, and the work stays bounded. */
const MOST_LENGTH = 32;
const MOST_RESULTS = 3;
/** Nor more names than that, the first ones: a program may define tens of thousands. */
const MOST_COMPARED = 4_096;

/**
 * The names nearest to `name`, best first, at most three: those within one edit for a name of up to 4
 * characters, two for longer ones. An edit is a letter added, left out, changed, or two neighbours
 * swapped (optimal string alignment); case does not count. Ties go to the name that sorts first.
 */
export function suggest(name: string, names: Iterable<string>): string[] {
  const wanted = name.toLowerCase();
  if (wanted.length === 0 || wanted.length > MOST_LENGTH) return [];
  const most = wanted.length === 1 ? 0 : wanted.length <= 4 ? 1 : 2;
  const near: { readonly candidate: string; readonly distance: number }[] = [];
  let compared = 0;
  for (const candidate of new Set(names)) {
    if (Math.abs(candidate.length - wanted.length) > most) continue;
    if ((compared += 1) > MOST_COMPARED) break;
    const distance = editDistance(wanted, candidate.toLowerCase(), most);
    if (distance <= most) near.push({ candidate, distance });
  }
  near.sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1));
  return near.slice(0, MOST_RESULTS).map(({ candidate }) => candidate);
}

/** Edits between two names, counted no further than `most + 1`. */
export function editDistance(a: string, b: string, most: number): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const changed = at(previous, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let best = Math.min(changed, at(previous, j) + 1, at(row, j - 1) + 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) best = Math.min(best, at(before, j - 2) + 1);
      row.push(best);
    }
    if (Math.min(...row) > most) return most + 1;
    before = previous;
    previous = row;
  }
  return at(previous, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
