/** ERG for reading one token and looking it up. */
export const TOKEN_ERG = 30;
/** ERG for going on to the next line. */
export const LINE_ERG = 50;
/** ERG for going on to a block. */
export const BLOCK_ERG = 200;
/** Of looking at so many characters, as a power of two, to one ERG. */
export const SCAN_SHIFT = 3;
