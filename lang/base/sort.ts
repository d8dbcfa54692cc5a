/** Longer lists are left to the engine, whose sort takes some 400 bytes of memory for even two entries. */
const SHORT = 8;

/** Sorts in place and gives the list back, as `Array.sort` does: what packages change is mostly one or two things. */
export function sortShort<T>(list: T[], compare: (a: T, b: T) => number): T[] {
  if (list.length > SHORT) return list.sort(compare);
  for (let sorted = 1; sorted < list.length; sorted++) {
    const one = list[sorted] as T;
    let at = sorted;
    for (; at > 0 && compare(list[at - 1] as T, one) > 0; at--) list[at] = list[at - 1] as T;
    list[at] = one;
  }
  return list;
}
