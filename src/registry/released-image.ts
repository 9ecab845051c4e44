/** The value of a release track's parameter before its first release. */
export const NOTHING_RELEASED = 'none';
