import type { Resource } from '../resource';
import type { Rules } from './rule';

const MAIL = ['email', 'email-json'];

/** What somebody outside of AWS trusts, or has to confirm. */
export const TRUST: Rules = {
  effects: [
    {
      id: 'provider-removed',
      source: 'API reference of IAM, "DeleteOpenIDConnectProvider": roles that name it as a principal',
      on: ['delete', 'replace'],
      types: ['AWS::IAM::OIDCProvider'],
      effect: ({ policy }) =>
        policy === 'Retain'
          ? undefined
          : { verdict: 'interruption', says: 'no role that trusts the provider can be assumed any more' },
    },
    {
      id: 'unconfirmed-address',
      source: 'Amazon SNS Developer Guide, "Email notifications": a subscription is pending until it is confirmed',
      on: ['delete', 'replace'],
      types: ['AWS::SNS::Subscription'],
      effect: ({ action, before, made = [] }) =>
        isMail(before!) && (action === 'replace' || made.some(isMail))
          ? {
            verdict: 'interruption',
            says: 'the former address hears nothing more, and the new one nothing until the link in its mail is opened',
          }
          : undefined,
    },
  ],
};

function isMail({ type, properties }: Resource): boolean {
  return type === 'AWS::SNS::Subscription' && MAIL.includes(String(properties.Protocol));
}
