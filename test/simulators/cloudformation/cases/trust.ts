import type { Properties } from '../template';
import { type Case, changed, removed, resource, updating } from './case';

const mail = (Endpoint: string) =>
  resource('AWS::SNS::Subscription', { Protocol: 'email', TopicArn: 'topic', Endpoint });

/** Role that jobs of some subjects assume. */
const role = (subjects: readonly string[], more: Properties = {}) =>
  resource('AWS::IAM::Role', {
    AssumeRolePolicyDocument: {
      Statement: [
        {
          Effect: 'Allow',
          Action: 'sts:AssumeRoleWithWebIdentity',
          Principal: { Federated: 'arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com' },
          Condition: { StringEquals: { 'token.actions.githubusercontent.com:sub': subjects } },
        },
      ],
    },
    ...more,
  });

const PROVIDER = resource('AWS::IAM::OIDCProvider', { Url: 'https://token.actions.githubusercontent.com' }, { DeletionPolicy: 'Retain' });
const trusting = (Federated: unknown) =>
  resource('AWS::IAM::Role', {
    AssumeRolePolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRoleWithWebIdentity', Principal: { Federated } }] },
  });

/** Role that a principal assumes, which a policy names by its ARN. */
const assumedBy = (AWS: string) =>
  resource('AWS::IAM::Role', { AssumeRolePolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS } }] } });
const named = (RoleName: string) =>
  resource('AWS::IAM::Role', {
    RoleName,
    AssumeRolePolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'codepipeline.amazonaws.com' } }] },
  });
const TOPIC = resource('AWS::SNS::Topic');
const chat = resource('AWS::Chatbot::SlackChannelConfiguration', { ConfigurationName: 'ops', SnsTopicArns: [{ Ref: 'Topic' }] });
const mailOf = (TopicArn: unknown) => resource('AWS::SNS::Subscription', { Protocol: 'email', TopicArn, Endpoint: 'a@example.com' });

/** Documented behaviour of providers and of addresses that have to be confirmed. */
export const TRUST_CASES: readonly Case[] = [
  removed(
    'provider-removed',
    'interruption',
    'a role trusts a provider by its ARN',
    resource('AWS::IAM::OIDCProvider', { Url: 'https://token.actions.githubusercontent.com' }),
  ),
  changed('trust-narrowed', 'some affected', 'a subject leaves a trust policy', role(['a', 'b']), role(['a'])),
  {
    rule: 'permissions-changed',
    verdict: 'in place',
    shows: 'a provider stays the same where its ARN takes the place of its resource',
    play: updating(
      { Provider: PROVIDER, Role: trusting({ Ref: 'Provider' }) },
      {
        Role: trusting('arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com'),
      },
    ),
  },
  changed('permissions-changed', 'in place', 'a further subject takes nothing from the others', role(['a']), role(['a', 'b'])),
  changed(
    'sessions-end-sooner',
    'some affected',
    'a session without limit of its own lasts an hour',
    role(['a'], { MaxSessionDuration: 7200 }),
    role(['a']),
  ),
  removed('role-of-others-removed', 'some affected', 'nobody assumes a role that is gone', role(['a'])),
  {
    rule: 'outsiders-lose-permissions',
    verdict: 'some affected',
    shows: 'jobs of a role lose what a policy in it no longer allows',
    play: updating(
      { Role: role(['a'], { ManagedPolicyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'] }) },
      { Role: role(['a']) },
    ),
  },
  changed(
    'trust-narrowed',
    'some affected',
    'a role of another account leaves a trust policy',
    assumedBy('arn:aws:iam::222222222222:role/pipeline'),
    assumedBy('arn:aws:iam::222222222222:role/other'),
  ),
  {
    rule: 'named-role-replaced',
    verdict: 'some affected',
    shows: 'other accounts trust a role by its name, and know nothing of the next one',
    play: updating({ Role: named('pipeline') }, { Role: named('pipeline-2') }),
  },
  {
    rule: 'unconfirmed-address-alone',
    verdict: 'interruption',
    shows: 'an address in the place of a chat hears nothing before it is confirmed',
    play: updating({ Topic: TOPIC, Chat: chat }, { Topic: TOPIC, Later: mailOf({ Ref: 'Topic' }) }),
  },
  {
    rule: 'monitoring-changed',
    verdict: 'in place',
    shows: 'an address that is confirmed already hears what a chat does no more',
    play: updating(
      { Topic: TOPIC, Chat: chat, Mail: mailOf({ Ref: 'Topic' }) },
      { Topic: TOPIC, Mail: mailOf({ Ref: 'Topic' }) },
    ),
  },
  {
    rule: 'unconfirmed-address',
    verdict: 'interruption',
    shows: 'another address hears nothing before it is confirmed',
    play: updating({ Former: mail('a@example.com') }, { Later: mail('b@example.com') }),
  },
];
