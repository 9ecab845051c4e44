/** Text of a new secret until a person puts the value in. A reader of the secret refuses it. */
export const SECRET_PLACEHOLDER = 'to-be-filled';
