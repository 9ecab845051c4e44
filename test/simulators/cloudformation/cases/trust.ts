import { type Case, removed, resource, updating } from './case';

const mail = (Endpoint: string) =>
  resource('AWS::SNS::Subscription', { Protocol: 'email', TopicArn: 'topic', Endpoint });

/** Documented behaviour of providers and of addresses that have to be confirmed. */
export const TRUST_CASES: readonly Case[] = [
  removed(
    'provider-removed',
    'interruption',
    'a role trusts a provider by its ARN',
    resource('AWS::IAM::OIDCProvider', { Url: 'https://token.actions.githubusercontent.com' }),
  ),
  {
    rule: 'unconfirmed-address',
    verdict: 'interruption',
    shows: 'another address hears nothing before it is confirmed',
    play: updating({ Former: mail('a@example.com') }, { Later: mail('b@example.com') }),
  },
];
