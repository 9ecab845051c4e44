import type { Properties } from '../template';
import { type Case, changed, created, removed, resource } from './case';

const alarm = (Threshold: number) => resource('AWS::CloudWatch::Alarm', { Threshold });
const endpoint = (PolicyDocument: Properties) => resource('AWS::EC2::VPCEndpoint', { VpcId: 'vpc-1', PolicyDocument });
const cluster = (Value: string) =>
  resource('AWS::ECS::Cluster', { ClusterSettings: [{ Name: 'containerInsights', Value }] });
const tagged = (Value: string) =>
  resource('AWS::EC2::VPC', { CidrBlock: '10.0.0.0/16', Tags: [{ Key: 'team', Value }] });
const firewall = (WebACLArn: string) =>
  resource('AWS::WAFv2::WebACLAssociation', { WebACLArn, ResourceArn: 'balancer' });

const document = (UpdateMethod: string, Content: Properties) =>
  resource('AWS::SSM::Document', { Name: 'rollback', UpdateMethod, Content });

/** Documented replacements of documents. */
export const DOCUMENT_CASES: readonly Case[] = [
  changed(
    'document-by-update-method',
    'in place',
    'a document takes a new version where its update method says so',
    document('NewVersion', { a: 1 }),
    document('NewVersion', { a: 2 }),
  ),
  changed(
    'document-by-update-method',
    'refused by AWS',
    'a named document is otherwise replaced, which its name does not let',
    document('Replace', { a: 1 }),
    document('Replace', { a: 2 }),
  ),
];

/** Documented changes that go unnoticed. */
export const HARMLESS_CASES: readonly Case[] = [
  created('added', 'in place', 'a new resource stands beside the rest', resource('AWS::SNS::Topic')),
  removed(
    'alias-removed',
    'in place',
    'an alias goes without its key',
    resource('AWS::KMS::Alias', { AliasName: 'alias/copies', TargetKeyId: 'key' }),
  ),
  changed('monitoring-changed', 'in place', 'an alarm takes another threshold', alarm(1), alarm(2)),
  changed(
    'automation-changed',
    'in place',
    'a function takes other code',
    resource('AWS::Lambda::Function', { Handler: 'a' }),
    resource('AWS::Lambda::Function', { Handler: 'b' }),
  ),
  changed(
    'permissions-changed',
    'in place',
    'a role takes another description',
    resource('AWS::IAM::Role', { Description: 'a' }),
    resource('AWS::IAM::Role', { Description: 'b' }),
  ),
  changed(
    'store-settings',
    'in place',
    'a log group keeps its events for longer',
    resource('AWS::Logs::LogGroup', { RetentionInDays: 30 }),
    resource('AWS::Logs::LogGroup', { RetentionInDays: 90 }),
  ),
  changed(
    'secret-settings',
    'in place',
    'a secret takes another description',
    resource('AWS::SecretsManager::Secret', { Description: 'a' }),
    resource('AWS::SecretsManager::Secret', { Description: 'b' }),
  ),
  changed('settings-of-places', 'in place', 'a VPC takes another tag', tagged('a'), tagged('b')),
  changed('endpoint-settings', 'in place', 'an endpoint takes another policy', endpoint({ a: 1 }), endpoint({ a: 2 })),
  changed(
    'settings-of-a-prefix-list',
    'in place',
    'a prefix list has room for more entries',
    resource('AWS::EC2::PrefixList', { MaxEntries: 20 }),
    resource('AWS::EC2::PrefixList', { MaxEntries: 30 }),
  ),
  changed(
    'settings-of-a-cluster',
    'in place',
    'a cluster switches insights on',
    cluster('disabled'),
    cluster('enhanced'),
  ),
  changed('association-changed', 'in place', 'a load balancer takes another firewall', firewall('a'), firewall('b')),
  removed(
    'default-security-group-restricted',
    'in place',
    'the default security group gets its rules back',
    resource('Custom::VpcRestrictDefaultSG', { DefaultSecurityGroupId: 'sg-1' }),
  ),
  removed('association-removed', 'in place', 'a firewall goes', firewall('a')),
];
