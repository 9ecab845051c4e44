import type { Existing, Resource } from '../resource';
import { list, type Properties } from '../template';
import { lostBy } from './endpoint-policy';
import type { Loss, Rules } from './rule';

const ROLE = 'AWS::IAM::Role';
/** Seconds that a session lasts at most, where a role says nothing. */
const SESSION = 3600;
const MAIL = ['email', 'email-json'];
const TOPIC = 'AWS::SNS::Topic';
const CHATS = [
  'AWS::Chatbot::MicrosoftTeamsChannelConfiguration',
  'AWS::Chatbot::SlackChannelConfiguration',
];

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
      id: 'trust-narrowed',
      source: 'IAM User Guide, "Create a role for OpenID Connect federation": conditions of the trust policy',
      on: ['update'],
      types: [ROLE],
      properties: ['AssumeRolePolicyDocument'],
      effect: ({ before, after }, running) => {
        const [was, is] = [before!, after!].map((role) => trustOf(role).map((one) => ofProvider(one, running)));
        return isAssumedFromOutside(before!) && lostBy(was, is).length > 0
          ? {
            verdict: 'some affected',
            says: `${isFederated(before!) ? 'jobs' : 'roles'} that the former trust policy admits, and the new one does not, are refused`,
          }
          : undefined;
      },
    },
    {
      id: 'sessions-end-sooner',
      source: 'API reference of AWS STS, "AssumeRoleWithWebIdentity": DurationSeconds beyond the maximum fails',
      on: ['update'],
      types: [ROLE],
      properties: ['MaxSessionDuration'],
      effect: ({ before, after }) => {
        const [was, is] = [before!, after!].map(({ properties }) => Number(properties.MaxSessionDuration ?? SESSION));
        return is < was
          ? { verdict: 'some affected', says: `jobs that ask for a session of more than ${is} seconds are refused` }
          : undefined;
      },
    },
    {
      id: 'role-of-others-removed',
      source: 'API reference of IAM, "DeleteRole"; User Guide, "Create a role for OpenID Connect federation"',
      on: ['delete', 'replace'],
      types: [ROLE],
      effect: ({ logicalId, before, policy }) =>
        isAssumedFromOutside(before!) && policy !== 'Retain'
          ? { verdict: 'some affected', says: `${isFederated(before!) ? 'jobs' : 'roles'} that name ${logicalId} by its former ARN are refused` }
          : undefined,
    },
    {
      id: 'named-role-replaced',
      source: 'IAM User Guide, "AWS JSON policy elements: Principal": a policy names a role by its id, and not a later one',
      on: ['replace'],
      types: [ROLE],
      effect: ({ logicalId, before }) =>
        before!.properties.RoleName !== undefined
          ? {
            verdict: 'some affected',
            says: `accounts and policies that trust ${logicalId} by its former name refuse it until they name the new one`,
          }
          : undefined,
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
  aftermath: [
    {
      id: 'unconfirmed-address-alone',
      source: 'Amazon SNS Developer Guide, "Email notifications": a subscription is pending until it is confirmed',
      takes: (before, after) =>
        before.of(TOPIC).filter((topic) => after.named(topic.physicalId, TOPIC)).flatMap((topic): Loss[] => {
          const former = listenersOf(topic, before);
          const [kept, added] = partition(listenersOf(topic, after), ({ physicalId }) =>
            former.some((one) => one.physicalId === physicalId));
          const deaf = former.length > 0 && !former.some(isMail) && kept.length === 0 && added.every(isMail);
          return deaf ? added.slice(0, 1).map((resource) => ({
            resource,
            verdict: 'interruption',
            says: 'whoever heard of it before hears nothing more, and the address nothing until the link in its mail is opened',
          })) : [];
        }),
    },
  ],
};

/** Subscriptions and chats that a topic reaches. */
function listenersOf(topic: Resource, existing: Existing): Resource[] {
  return existing.usersOf(topic, 'AWS::SNS::Subscription', ...CHATS);
}

function partition<T>(all: readonly T[], belongs: (one: T) => boolean): [T[], T[]] {
  return [all.filter(belongs), all.filter((one) => !belongs(one))];
}

function isMail({ type, properties }: Resource): boolean {
  return type === 'AWS::SNS::Subscription' && MAIL.includes(String(properties.Protocol));
}

/** Tells if somebody outside of the app assumes a role: by a provider, or as a principal that a policy names by its ARN. */
export function isAssumedFromOutside(role: Resource): boolean {
  const named = ({ Principal }: Properties) =>
    list(Principal?.AWS as string[]).some((arn) => /^arn:[\w-]+:iam::\d{12}:/.test(String(arn)));
  return isFederated(role) || trustOf(role).some(named);
}

/** Tells if somebody outside of AWS assumes a role, by a provider. */
export function isFederated(role: Resource): boolean {
  return trustOf(role).some(({ Principal }) => Principal?.Federated !== undefined);
}

function trustOf({ properties: { AssumeRolePolicyDocument } }: Resource): Properties[] {
  return list(AssumeRolePolicyDocument?.Statement as Properties[]);
}

/** Statement that names its provider by the address, whether it is a resource of the account or an ARN. */
function ofProvider(statement: Properties, running: Existing): Properties {
  const federated = statement.Principal?.Federated as unknown;
  const { Url } = running.named(federated, 'AWS::IAM::OIDCProvider')?.properties ?? {};
  const address = String(Url ?? federated).replace(/^https:\/\/|^arn:.*:oidc-provider\//, '');
  return federated === undefined ? statement : { ...statement, Principal: { Federated: address } };
}
