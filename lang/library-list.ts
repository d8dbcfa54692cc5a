/** A subject of the stdlib: `use NAME` loads its words. */
export interface Subject {
  readonly name: string;
  /** One line for people, the first of its source. */
  readonly about: string;
  /** SHA-256 of its source, 64 hexadecimal digits. What has another hash is not loaded. */
  readonly sha256: string;
}

/** What is shipped, in alphabetical order. `UPDATE=1 npm test -- stdlib` writes hashes and first lines anew. */
export const SUBJECTS: readonly Subject[] = [
  { name: "assertions", about: "stop a program that is wrong, and say what was found", sha256: "01e2bb41bf7a3e26a455df359779590e8a4ed3b5d7ad89c80f8180fb14c5f175" },
  { name: "dates", about: "civil dates and times of seconds since 1970, in UTC; now is the block's time", sha256: "08c7dbde96ec31ce34132270db015b07565634405e9927359162dbaa4d1bf609" },
  { name: "encodings", about: "bytes as base58 and base64 text; hex is in the machine", sha256: "d8330dbd6b452ba7c24587304093ed6f946537239742635eb0871ddc362261da" },
  { name: "json", about: "finds a value in a JSON text, and writes JSON of lists and maps", sha256: "d9a7669a76e31ff3df76e962565de24d1bcb0d0289d5c6d15de7f6eeffc66892" },
  { name: "lists", about: "lists and maps in one text entry, an item or key=value to a line", sha256: "5f9c12fe2c8a36cdba95e0eeb121eb7f7f66ae6126ecd14ac5e5a1ec47912089" },
  { name: "money", about: "exact amounts of coins; what cannot be shared is left over", sha256: "b48c7cde52ad74371ff33f504f4d0217a120869deca9b8f191546a862f2d955c" },
  { name: "sorting", about: "lists in any order, by merging; equal items keep their places", sha256: "23141d938797ff3a41330a2e5456861445cbcf41c0a49714c329d46ef47db862" },
  { name: "strings", about: "parts, search and replacement in text and bytes entries", sha256: "72d21f507ddbea78254b3d3dfcc765f8b5a43094c645f1e3848e2ae53d377c10" },
  { name: "tables", about: "rows of columns that line up, numbers to the right", sha256: "35afe256731f894e216f85825bf3bba411406382d55de2efb442c5629da75805" },
];
