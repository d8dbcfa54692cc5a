/**
 * Records of a few sizes in one piece of memory, which no collector looks into: those of one size lie together in pages, so
 * that what one leaves another of its size takes. A record is named by the word at which it begins. Memory grows by moving:
 * `bytes` and `words` are to be asked for again after anything that allocates.
 * Source: Bonwick, The Slab Allocator, USENIX Summer 1994.
 */
const PAGE_BYTES = 8_192;
const PAGE_WORDS = PAGE_BYTES / 4;
const PAGE_WORD_BITS = 11;
/** The words of a record that are ours while it is free: which is the next free one, and a 0 that says so. */
const NEXT = 0;
const IN_USE = 1;

/** No record begins at word 0: the first page is left out. */
export const NO_RECORD = 0;

export class RecordPages {
  bytes = new Uint8Array(2 * PAGE_BYTES);
  words = new Int32Array(this.bytes.buffer);
  /** Bytes of the records that there are. */
  usedBytes = 0;
  /** Bytes of pages, free records included. */
  pagedBytes = PAGE_BYTES;
  readonly #sizes: readonly number[];
  /** Of each page the class of its records. */
  #classes = new Uint8Array(64);
  readonly #free: Int32Array;
  #hand = PAGE_WORDS;

  /** Words of a record of each class; two at least. The second word of one in use is never 0. */
  constructor(sizes: readonly number[]) {
    this.#sizes = sizes;
    this.#free = new Int32Array(sizes.length);
  }

  /** Forgets all records. */
  clear(): void {
    this.bytes = new Uint8Array(2 * PAGE_BYTES);
    this.words = new Int32Array(this.bytes.buffer);
    [this.usedBytes, this.pagedBytes, this.#hand] = [0, PAGE_BYTES, PAGE_WORDS];
    this.#free.fill(NO_RECORD);
  }

  /** A new record of a class; its words hold anything. */
  protected take(sizeClass: number): number {
    if (this.#free[sizeClass] === NO_RECORD) this.#newPage(sizeClass);
    const record = this.#free[sizeClass] as number;
    this.#free[sizeClass] = this.words[record + NEXT] as number;
    this.usedBytes += 4 * (this.#sizes[sizeClass] as number);
    return record;
  }

  protected release(record: number): void {
    const sizeClass = this.#classOf(record);
    this.words[record + NEXT] = this.#free[sizeClass] as number;
    this.words[record + IN_USE] = 0;
    this.#free[sizeClass] = record;
    this.usedBytes -= 4 * (this.#sizes[sizeClass] as number);
  }

  /**
   * Offers records one after another to `letGo`, which says whether that brought anything, until what is left takes at
   * most `limitBytes` or a round brought nothing. The hand goes on where it stopped, so the work is bounded by what came in, not
   * by what there is. Source: Corbató, A Paging Experiment with the Multics System, 1968.
   */
  protected sweep(limitBytes: number, letGo: (record: number) => boolean): void {
    for (let idleBytes = 0; this.usedBytes > limitBytes && idleBytes <= this.pagedBytes; ) {
      const size = this.#sizes[this.#classOf(this.#hand)] as number;
      const isFree = this.words[this.#hand + IN_USE] === 0;
      idleBytes = !isFree && letGo(this.#hand) ? 0 : idleBytes + 4 * size;
      const pageEnd = ((this.#hand >> PAGE_WORD_BITS) + 1) << PAGE_WORD_BITS;
      this.#hand = this.#hand + 2 * size > pageEnd ? pageEnd : this.#hand + size;
      if (4 * this.#hand >= this.pagedBytes) this.#hand = PAGE_WORDS;
    }
  }

  #classOf(record: number): number {
    return this.#classes[record >> PAGE_WORD_BITS] as number;
  }

  #newPage(sizeClass: number): void {
    if (this.pagedBytes === this.bytes.length) this.#grow();
    const page = this.pagedBytes / PAGE_BYTES;
    this.pagedBytes += PAGE_BYTES;
    if (page === this.#classes.length) this.#classes = doubled(this.#classes);
    this.#classes[page] = sizeClass;
    const size = this.#sizes[sizeClass] as number;
    const end = (page + 1) << PAGE_WORD_BITS;
    for (let record = page << PAGE_WORD_BITS; record + size <= end; record += size) {
      this.words[record + IN_USE] = 0;
      this.words[record + NEXT] = this.#free[sizeClass] as number;
      this.#free[sizeClass] = record;
    }
  }

  #grow(): void {
    this.bytes = doubled(this.bytes);
    this.words = new Int32Array(this.bytes.buffer);
  }
}

function doubled(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(2 * bytes.length);
  larger.set(bytes);
  return larger;
}
