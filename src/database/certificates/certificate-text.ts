import { Aws, CfnMapping, Stack, Token, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { RDS_AUTHORITIES } from './rds-authorities';

const MAPPING = 'RdsAuthorities';
const AUTHORITY = 'Authority';

/**
 * Root certificates of RDS in the region of a client, as PEM text. Undefined where the region has none in the library.
 *
 * The authority of the library's servers stands first, for clients that read a single certificate. A stack without a
 * region gets a mapping with that authority of each region, once, which is about 50 kB. All of them would be 160 kB.
 */
export function certificateText(client: IConstruct): string | undefined {
  const { region } = Stack.of(client);
  if (Token.isUnresolved(region)) {
    return authoritiesOf(Stack.of(client)).text;
  }
  const authorities = RDS_AUTHORITIES[region];
  if (!authorities) {
    Validations.of(client).addWarning(
      '@org/prod-constructs:unknownCertificateAuthorities',
      `The library does not have the certificates of RDS in ${region}, so the tasks get no variable with them. ` +
        'Add the bundle of RDS to the image, as docs/connecting.md shows.',
    );
    return undefined;
  }
  return authorities.map(pem).join('');
}

/** Authority of each region. Its text is one token, so that two databases give a client the same value. */
class RdsAuthorities extends CfnMapping {
  public readonly text: string;

  public constructor(stack: Stack) {
    const mapping = Object.fromEntries(
      Object.entries(RDS_AUTHORITIES).map(([region, [authority]]) => [region, { [AUTHORITY]: pem(authority) }]),
    );
    super(stack, MAPPING, { mapping });
    this.text = this.findInMap(Aws.REGION, AUTHORITY);
  }
}

function authoritiesOf(stack: Stack): RdsAuthorities {
  return (stack.node.tryFindChild(MAPPING) as RdsAuthorities | undefined) ?? new RdsAuthorities(stack);
}

/** PEM text of a certificate, in lines of 64 characters. */
function pem(base64: string): string {
  const lines = base64.match(/.{1,64}/g)!;
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
