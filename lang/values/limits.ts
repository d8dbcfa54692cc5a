/**
 * How large a boxed entry may grow. A consensus rule: every node refuses the same program at the same
 * operation, so a number here changes only together with the rules version (R17).
 */
export const VALUE_LIMITS = {
  /**
   * Bits in the magnitude of an integer or of a decimal's coefficient. 2^18 bits are 78,913 digits: far
   * above 2^4096, and the slowest operation on two such numbers (division) still takes under 10 ms.
   */
  integerBits: 262_144,
  /**
   * Digits after a decimal's point. Exact products add their scales, so a loop of products meets this
   * limit; 65,536 keeps 10^scale within `integerBits`, so that any two decimals can be aligned and compared.
   */
  decimalScale: 65_536,
  /** Significant digits of a quotient and of `sqrt exp ln sin cos atan` unless asked otherwise: as IEEE 754 decimal128. */
  defaultDigits: 34,
  /** Most significant digits one may ask for. At 1,000 digits the slowest function takes about 10 ms. */
  functionDigits: 1_000,
  /**
   * Digits on either side of the point in an argument of those functions, and zeros before or after the
   * significant digits of a result. Reducing an angle needs as many digits of pi as its whole part has.
   */
  functionReach: 2_000,
  /** Bytes in the UTF-8 form of a text. 1 MiB is the longest line and the longest file a package may write. */
  textBytes: 1_048_576,
  /** Bytes in a bytes entry: as text, so that each converts to the other. */
  bytesLength: 1_048_576,
} as const;
