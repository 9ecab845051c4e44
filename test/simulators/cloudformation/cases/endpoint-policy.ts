import { type Case, changed, resource } from './case';

const endpoint = (...statements: object[]) =>
  resource('AWS::EC2::VPCEndpoint', { PolicyDocument: { Version: '2012-10-17', Statement: statements } });
const allow = (more: object = {}) => ({
  Sid: 'Own', Effect: 'Allow', Principal: { AWS: '*' }, Action: '*', Resource: '*', ...more,
});
const by = (...accounts: string[]) => ({ Condition: { StringEquals: { 'aws:PrincipalAccount': accounts } } });
const open = allow({ Sid: 'Open', Action: 's3:GetObject', Resource: 'arn:aws:s3:::open/*' });

/** Documented behaviour of policies of VPC endpoints. */
export const ENDPOINT_POLICY_CASES: readonly Case[] = [
  changed(
    'endpoint-admits-less',
    'some affected',
    'a statement that goes admits nobody',
    endpoint(allow(by('1')), open),
    endpoint(allow(by('1'))),
  ),
  changed(
    'endpoint-admits-less',
    'some affected',
    'an account that leaves a condition is refused',
    endpoint(allow(by('1', '2'))),
    endpoint(allow(by('1'))),
  ),
  changed(
    'endpoint-admits-less',
    'some affected',
    'a further condition narrows a statement',
    endpoint(allow()),
    endpoint(allow(by('1'))),
  ),
  changed(
    'endpoint-settings',
    'in place',
    'a further account or statement takes nothing away',
    endpoint(allow(by('1'))),
    endpoint(allow(by('1', '2')), open),
  ),
];
