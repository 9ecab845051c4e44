import { PHYSICAL_NAMES } from '../physical-names';
import { idOfLimit, TEXT_LIMITS } from '../rules/text';
import { type Case, created, resource, template, updating } from './case';

const SERVICE = 'AWS::ECS::Service';
const RECORD = 'AWS::Route53::RecordSet';
const GROUP = 'AWS::EC2::SecurityGroup';

function inTwoStacks(rule: string, shows: string, type: string, properties: object): Case {
  return {
    rule,
    shows,
    verdict: 'refused by AWS',
    play: (account) => {
      account.deploy('First', template({ Subject: resource(type, { ...properties }) }));
      return account.deploy('Second', template({ Subject: resource(type, { ...properties }) }));
    },
  };
}

/** Names that two stacks of one account give twice. */
export const NAME_CASES: readonly Case[] = [
  ...PHYSICAL_NAMES.map(({ type, property }) =>
    inTwoStacks(`unique-name-of-${type}`, `a second stack cannot give the same ${property} to ${type}`, type, {
      [property]: 'taken',
    }),
  ),
  {
    rule: 'retained-name',
    verdict: 'refused by AWS',
    shows: 'what a stack retained keeps its name, also for that stack',
    play: (account) => {
      const kept = { Logs: { ...resource('AWS::Logs::LogGroup', { LogGroupName: '/shop' }), DeletionPolicy: 'Retain' } };
      account.deploy('Shop', template(kept));
      account.deploy('Shop', template({ Other: resource('AWS::SNS::Topic', {}) }));
      return account.deploy('Shop', template(kept));
    },
  },
  inTwoStacks('unique-service-in-cluster', 'a second service of that name is refused in the cluster', SERVICE, {
    ServiceName: 'api',
    Cluster: 'main',
  }),
  inTwoStacks('unique-group-name-in-vpc', 'a second group of that name is refused in the VPC', GROUP, {
    GroupName: 'api',
    VpcId: 'vpc-1',
  }),
  inTwoStacks('unique-record-in-zone', 'a zone has one record of a name and a type', RECORD, {
    Name: 'shop.example.com.',
    Type: 'A',
    HostedZoneId: 'Z1',
    AliasTarget: { DNSName: 'balancer', HostedZoneId: 'Z2' },
  }),
  {
    rule: 'unique-record-in-zone',
    verdict: 'refused by AWS',
    shows: 'a record that moves to another logical id still exists when its successor is made',
    play: updating(
      { First: resource(RECORD, { Name: 'shop.example.com.', Type: 'A', HostedZoneId: 'Z1' }) },
      { Second: resource(RECORD, { Name: 'shop.example.com', Type: 'A', HostedZoneId: 'Z1' }) },
    ),
  },
];

/** Texts one character longer than accepted, and of other characters. */
export const TEXT_CASES: readonly Case[] = TEXT_LIMITS.flatMap((limit): Case[] => [
  created(
    idOfLimit(limit),
    'refused by AWS',
    `${limit.property} of ${limit.type} has at most ${limit.longest} characters`,
    resource(limit.type, { [limit.property]: 'a'.repeat(limit.longest + 1) }),
  ),
  ...(limit.pattern
    ? [
      created(
        idOfLimit(limit),
        'refused by AWS',
        `${limit.property} of ${limit.type} does not take every character`,
        resource(limit.type, { [limit.property]: 'snow: \u2603?' }),
      ),
    ]
    : []),
]);
