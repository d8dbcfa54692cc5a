/** Tokens below are code numbers of the table; the user's words are numbered from here. */
export const FIRST_USER_XT = 32_768;
