/** ERG for reading one token and looking it up. */
export const TOKEN_ERG = 30;
/** ERG for going on to the next line. */
export const LINE_ERG = 50;
/** ERG for going on to a block. */
export const BLOCK_ERG = 200;
/** ERG for carrying out a marker, besides what the words that it forgets have cost. */
export const FORGET_ERG = 100;
/** Of looking at so many characters, as a power of two, to one ERG. */
export const SCAN_SHIFT = 2;
/** A token of so many characters that is no word costs as many digits: it may be a number, and long ones take long to read. */
export const SHORT_NUMBER = 40;
