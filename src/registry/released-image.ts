/** Value of a release track's parameter before the first release. */
export const NOTHING_RELEASED = 'none';
