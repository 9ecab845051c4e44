import { Token } from 'aws-cdk-lib';
import type { IHostedZone } from 'aws-cdk-lib/aws-route53';
import type { Construct } from 'constructs';
import { repeatedIn } from '../../validation/checks';
import { checkInReach } from '../../validation/objects-in-reach';
import { checkRules, type Rule } from '../../validation/rules';
import { toAsciiName } from './ascii-name';
import type { Domain } from './domain';

/** The last label of an internationalized name is Punycode, which has digits and hyphens. */
const NAME = /^(?=.{1,253}$)(\*\.)?([a-z0-9_]([a-z0-9-]{0,61}[a-z0-9])?\.)+([a-z]{2,63}|xn--[a-z0-9-]{1,59})$/;
/** Quota "certificates per load balancer", not counting the default one. */
const MAX_CERTIFICATES = 25;

/** Refuses invalid, repeated and unreachable names, and too many certificates. */
export function checkDomains(scope: Construct, domains: readonly Domain[], plainHttp: boolean): void {
  domains.forEach(({ _hostedZone, _certificate }) => {
    checkInReach(scope, 'domains.hostedZone', _hostedZone, 'hostedZone');
    checkInReach(scope, 'domains.certificate', _certificate, 'certificate');
  });
  const names = domains.map(({ name }) => name);
  const repeated = repeatedIn(names);
  const certificates = new Set(domains.flatMap(({ _certificate }) => _certificate?.certificateArn ?? []));
  const certified = domains.find(({ _certificate }) => _certificate !== undefined);
  checkRules(scope, [
    ...domains.flatMap(domainRules),
    {
      condition: repeated !== undefined,
      prop: 'domains',
      value: repeated,
      expected: 'each name once',
      fix: 'remove the second',
    },
    {
      condition: plainHttp && certified !== undefined,
      prop: 'domains',
      problem: `has a certificate for ${certified?.name}, which is not supported with plainHttp`,
      fix: 'remove the certificate, or plainHttp',
    },
    {
      condition: certificates.size > MAX_CERTIFICATES,
      prop: 'domains',
      value: `${certificates.size} certificates`,
      expected: `at most ${MAX_CERTIFICATES} certificates, the quota of a load balancer`,
      fix: 'request one certificate for several names, or for *.example.com',
    },
  ]);
}

function domainRules({ name, _hostedZone }: Domain): Rule[] {
  const zone = _hostedZone && zoneName(_hostedZone);
  return [
    {
      condition: Token.isUnresolved(name),
      prop: 'domains',
      value: name,
      expected: 'names that are known at synthesis, because logical ids contain them',
      fix: "write Domain.of('api.example.com')",
    },
    {
      condition: !NAME.test(name),
      prop: 'domains',
      value: name,
      expected: 'fully qualified names in lower case, for example api.example.com',
      fix: 'remove protocol, port, path and trailing dot',
    },
    {
      condition: zone !== undefined && name !== zone && !name.endsWith(`.${zone}`),
      prop: 'domains',
      value: name,
      expected: `${zone} or a name below it`,
      fix: 'pass Domain.of the hosted zone of the name',
    },
  ];
}

/** The getter throws for a zone that is imported by its id alone. */
function zoneName(zone: IHostedZone): string | undefined {
  try {
    return Token.isUnresolved(zone.zoneName) ? undefined : toAsciiName(zone.zoneName.replace(/\.$/, ''));
  } catch {
    return undefined;
  }
}
