import { Token, Tokenization } from 'aws-cdk-lib';

/** Fraction of requests that may fail, in a formula. It is rounded, because 1 - 0.999 is not exactly 0.001. */
export function failureShare(successPercent: number): string {
  return Token.isUnresolved(successPercent)
    ? `(1-${shown(successPercent)}/100)`
    : shown(Number((1 - successPercent / 100).toFixed(10)));
}

/** Number as a string without an exponent, also where it is a token. */
export function shown(value: number): string {
  return Token.isUnresolved(value)
    ? Tokenization.stringifyNumber(value)
    : String(Number(value.toFixed(10))).includes('e')
      ? value.toFixed(10).replace(/0+$/, '')
      : String(Number(value.toFixed(10)));
}
