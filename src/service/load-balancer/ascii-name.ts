import { domainToASCII } from 'url';
import { Token } from 'aws-cdk-lib';

/**
 * Domain name in ASCII, as certificates, DNS and the Host header have it. Labels beyond ASCII become Punycode.
 * Label by label, because patterns of hosts have wildcards, which URLs don't allow. A label that Punycode can't hold
 * stays, so that the checks refuse it.
 */
export function toAsciiName(name: string): string {
  return Token.isUnresolved(name) ? name : name.split('.').map(asciiLabel).join('.');
}

function asciiLabel(label: string): string {
  // eslint-disable-next-line no-control-regex
  return /^[\x00-\x7f]*$/.test(label) ? label : domainToASCII(label) || label;
}
