import { Account } from './account';
import { accountOfCases as anAccount, resource, template } from './cases/case';
import { described, type Outcome } from './outcome';
import type { Properties } from './template';

const topic = (properties: Properties = {}, more = {}) => resource('AWS::SNS::Topic', properties, more);
const parameter = (Name: string, Value: unknown, more = {}) =>
  resource('AWS::SSM::Parameter', { Name, Type: 'String', Value }, more);
const logs = (LogGroupName: string, more = {}) => resource('AWS::Logs::LogGroup', { LogGroupName }, more);

function steps({ steps: all }: Outcome): string[] {
  return all.map(({ phase, does, logicalId }) => `${phase}: ${does} ${logicalId}`);
}

function names(resources: ReadonlyArray<{ logicalId: string }>): string[] {
  return resources.map(({ logicalId }) => logicalId);
}

describe('Order (CloudFormation User Guide, "DependsOn attribute" and "Understand stack update behaviors")', () => {
  const chain = template({
    Policy: resource('AWS::SNS::TopicPolicy', { Topics: [{ Ref: 'Topic' }] }),
    Last: topic({ DisplayName: { 'Fn::Sub': 'after ${Value}' } }, { DependsOn: 'Policy' }),
    Topic: topic({ KmsMasterKeyId: { 'Fn::GetAtt': 'Key.Arn' } }),
    Key: resource('AWS::KMS::Key'),
    Value: parameter('/value', { 'Fn::Join': ['', ['arn of ', { 'Fn::GetAtt': ['Topic', 'TopicArn'] }]] }),
  });

  test('Ref, Fn::GetAtt, Fn::Sub and DependsOn are followed to what they name', () => {
    expect(names(anAccount().deploy('Shop', chain).state.resources)).toEqual([
      'Key',
      'Topic',
      'Policy',
      'Value',
      'Last',
    ]);
  });

  test('a stack is deleted in reverse order', () => {
    const account = anAccount();
    account.deploy(
      'Shop',
      template({ A: topic(), B: topic({}, { DependsOn: 'A' }), C: topic({}, { DependsOn: 'B' }) }),
    );
    expect(steps(account.remove('Shop'))).toEqual(['removal: delete C', 'removal: delete B', 'removal: delete A']);
  });

  test('a circle is refused before anything is created', () => {
    const { steps: none, verdict } = anAccount().deploy(
      'Shop',
      template({ A: topic({}, { DependsOn: 'B' }), B: topic({}, { DependsOn: 'A' }) }),
    );
    expect([none, verdict]).toEqual([[], 'refused by AWS']);
  });

  test('new resources and replacements come before what is removed and replaced', () => {
    const account = anAccount();
    account.deploy(
      'Shop',
      template({ Old: topic(), Named: topic({ TopicName: 'a' }), User: parameter('/user', { Ref: 'Named' }) }),
    );
    const outcome = account.update(
      'Shop',
      template({ Named: topic({ TopicName: 'b' }), User: parameter('/user', { Ref: 'Named' }), New: topic() }),
    );
    expect(steps(outcome)).toEqual([
      'change: replace Named',
      'change: update User',
      'change: create New',
      'cleanup: delete Named',
      'cleanup: delete Old',
    ]);
  });

  test('a replacement is passed on through create-only properties', () => {
    const vpc = (CidrBlock: string) =>
      template({
        Vpc: resource('AWS::EC2::VPC', { CidrBlock }),
        Subnet: resource('AWS::EC2::Subnet', { VpcId: { Ref: 'Vpc' }, CidrBlock: '10.0.1.0/24' }),
        Gateway: resource('AWS::EC2::NatGateway', { SubnetId: { Ref: 'Subnet' } }),
        Route: resource('AWS::EC2::Route', {
          RouteTableId: 'rtb-1',
          DestinationCidrBlock: '0.0.0.0/0',
          NatGatewayId: { Ref: 'Gateway' },
        }),
      });
    const account = anAccount();
    account.deploy('Shop', vpc('10.0.0.0/16'));
    expect(
      account.update('Shop', vpc('10.0.0.0/15')).changes.map(({ action, logicalId }) => `${action} ${logicalId}`),
    ).toEqual(['replace Vpc', 'replace Subnet', 'replace Gateway', 'update Route']);
  });

  test('an attribute that counts updates changes with one, and what reads it follows', () => {
    const machine = (DefinitionString: string) =>
      template({
        Machine: resource('AWS::StepFunctions::StateMachine', { DefinitionString }),
        User: parameter('/revision', { 'Fn::GetAtt': ['Machine', 'StateMachineRevisionId'] }),
      });
    const account = anAccount();
    account.deploy('Shop', machine('a'));
    expect(steps(account.update('Shop', machine('b')))).toEqual(['change: update Machine', 'change: update User']);
  });

  test('a name within a longer name is no reference', () => {
    const account = anAccount();
    account.deploy('Shop', template({ Topic: topic({ TopicName: 'shop' }), Other: parameter('/shop-eu', 'my-shop') }));
    const [found] = account.existing.of('AWS::SNS::Topic');
    expect(account.existing.usersOf({ ...found, physicalId: 'shop' })).toEqual([found]);
  });

  test('the same template again changes nothing', () => {
    const account = anAccount();
    account.deploy('Shop', chain);
    expect(account.update('Shop', chain)).toMatchObject({
      verdict: 'nothing',
      steps: [],
      state: { status: 'UPDATE_COMPLETE' },
    });
  });
});

describe('Conditions and parameters (CloudFormation User Guide, "Conditions" and "Parameters")', () => {
  const released = {
    Parameters: { Released: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/released' } },
    Conditions: {
      Nothing: { 'Fn::Equals': [{ Ref: 'Released' }, 'none'] },
      Something: { 'Fn::Not': [{ Condition: 'Nothing' }] },
    },
    Resources: {
      Service: resource('AWS::ECS::Service', { DesiredCount: { 'Fn::If': ['Nothing', 0, { Ref: 'AWS::NoValue' }] } }),
      Alarm: resource('AWS::CloudWatch::Alarm', {}, { Condition: 'Something' }),
    },
  };

  test('a value is read from the Parameter Store, and Fn::If and Condition follow it', () => {
    const account = anAccount();
    account.deploy('Registry', template({ Released: parameter('/released', 'none') }));
    const first = account.deploy('Shop', released);
    expect(first.state.resources.map(({ logicalId, properties }) => [logicalId, properties])).toStrictEqual([
      ['Service', { DesiredCount: 0 }],
    ]);
    account.update('Registry', template({ Released: parameter('/released', '1.4.2') }));
    const second = account.update('Shop', released);
    expect(second.state.resources.map(({ logicalId, properties }) => [logicalId, properties])).toStrictEqual([
      ['Service', {}],
      ['Alarm', {}],
    ]);
  });

  test('a parameter of another account or region cannot be fetched', () => {
    expect(described(anAccount().deploy('Shop', released))[0]).toContain('Unable to fetch parameters [/released]');
  });

  test('a third zone is refused where Fn::GetAZs returns two', () => {
    const third = template({
      Subnet: resource('AWS::EC2::Subnet', { AvailabilityZone: { 'Fn::Select': [2, { 'Fn::GetAZs': '' }] } }),
    });
    expect(anAccount().deploy('Shop', third).verdict).toBe('in place');
    expect(new Account({ account: '111111111111', region: 'us-west-1' }).deploy('Shop', third).verdict).toBe(
      'refused by AWS',
    );
  });
});

describe('Policies (Template reference, "DeletionPolicy attribute" and "UpdateReplacePolicy attribute")', () => {
  const policies = (LogGroupName: string, UpdateReplacePolicy: string) =>
    template({ Logs: logs(LogGroupName, { UpdateReplacePolicy }) });

  test('what is retained stays in the account and keeps its name', () => {
    const account = anAccount();
    const retained = template({ Logs: logs('/shop', { DeletionPolicy: 'Retain' }) });
    account.deploy('Shop', retained);
    expect(names(account.remove('Shop').state.orphans)).toEqual(['Logs']);
    expect(described(account.deploy('Shop', retained))[0]).toContain(
      'LogGroupName of AWS::Logs::LogGroup /shop is taken by Logs of Shop',
    );
  });

  test('RetainExceptOnCreate retains, but not when the creation is rolled back', () => {
    const kept = (more = {}) => template({ Logs: logs('/shop', { DeletionPolicy: 'RetainExceptOnCreate' }), ...more });
    const account = anAccount();
    const failed = account.deploy('Shop', kept({ Late: topic({}, { DependsOn: 'Logs' }) }), { failing: ['Late'] });
    expect([failed.state.status, failed.state.orphans]).toEqual(['ROLLBACK_COMPLETE', []]);
    account.deploy('Shop', kept());
    expect(names(account.remove('Shop').state.orphans)).toEqual(['Logs']);
  });

  test('Retain outlives a failed first deployment, whose repetition its name then refuses', () => {
    const account = anAccount();
    const shop = template({
      Logs: logs('/shop', { DeletionPolicy: 'Retain' }),
      Late: topic({}, { DependsOn: 'Logs' }),
    });
    account.deploy('Shop', shop, { failing: ['Late'] });
    expect(account.deploy('Shop', shop).verdict).toBe('refused by AWS');
  });

  test.each([
    ['Retain', 1],
    ['Delete', 0],
  ])('a replaced resource under %s leaves %d behind', (policy, left) => {
    const account = anAccount();
    account.deploy('Shop', policies('a', policy));
    expect(account.update('Shop', policies('b', policy)).state.orphans).toHaveLength(left);
  });

  test('the policy of the new template decides on what it replaces', () => {
    const account = anAccount();
    account.deploy('Shop', policies('a', 'Delete'));
    expect(names(account.update('Shop', policies('b', 'Retain')).state.orphans)).toEqual(['Logs']);
  });

  test('a database without policy leaves a snapshot, a member of a cluster none', () => {
    const account = anAccount();
    account.deploy(
      'Shop',
      template({
        Alone: resource('AWS::RDS::DBInstance'),
        Member: resource('AWS::RDS::DBInstance', { DBClusterIdentifier: 'orders' }),
      }),
    );
    expect(steps(account.remove('Shop'))).toEqual([
      'removal: delete Member',
      'removal: snapshot Alone',
      'removal: delete Alone',
    ]);
  });

  test('a named resource cannot be replaced under its name', () => {
    const account = anAccount();
    const role = (Path: string) => template({ Role: resource('AWS::IAM::Role', { RoleName: 'shop', Path }) });
    account.deploy('Shop', role('/a/'));
    expect(account.update('Shop', role('/b/')).verdict).toBe('refused by AWS');
  });
});

describe('Failure (CloudFormation User Guide, "Stack failure options" and "Continue rolling back an update")', () => {
  const first = template({
    Topic: topic({ DisplayName: 'a' }),
    Name: logs('/a'),
    Late: parameter('/late', 'a', { DependsOn: ['Topic', 'Name'] }),
  });
  const second = template({
    Topic: topic({ DisplayName: 'b' }),
    Name: logs('/b'),
    New: topic(),
    Late: parameter('/late', 'b', { DependsOn: ['Topic', 'Name', 'New'] }),
  });

  test('a failed update ends where it began', () => {
    const account = anAccount();
    const { resources } = account.deploy('Shop', first).state;
    const failed = account.update('Shop', second, { failing: ['Late'] });
    expect(failed.state).toEqual({ status: 'UPDATE_ROLLBACK_COMPLETE', resources, orphans: [] });
    expect(steps(failed).slice(-4)).toEqual([
      'rollback: restore Topic',
      'rollback: restore Name',
      'rollback: delete New',
      'rollback: delete Name',
    ]);
    expect(account.update('Shop', second).state.status).toBe('UPDATE_COMPLETE');
  });

  test('whatever does not wait for the failing resource has been done by then', () => {
    const outcome = anAccount().deploy(
      'Shop',
      template({ Failing: topic(), Other: topic(), User: parameter('/user', { Ref: 'Failing' }) }),
      { failing: ['Failing'] },
    );
    expect(steps(outcome)).toEqual(['change: create Other', 'change: fail Failing', 'rollback: delete Other']);
  });

  test('a protected load balancer keeps a failed creation from being rolled back, and from being repeated', () => {
    const shop = template({
      Group: resource('AWS::EC2::SecurityGroup', { GroupDescription: 'Balancer' }),
      Balancer: resource('AWS::ElasticLoadBalancingV2::LoadBalancer', {
        SecurityGroups: [{ 'Fn::GetAtt': ['Group', 'GroupId'] }],
        LoadBalancerAttributes: [{ Key: 'deletion_protection.enabled', Value: 'true' }],
      }),
      Late: topic({}, { DependsOn: 'Balancer' }),
    });
    const [, , { failing, failed, retried }] = anAccount().eachFailure('Shop', shop);
    expect([failing, failed.state.status, names(failed.state.resources)]).toEqual([
      'Late',
      'ROLLBACK_FAILED',
      ['Balancer', 'Group'],
    ]);
    expect(retried.state.status).toBe('DELETE_FAILED');
  });

  test('without rollback what succeeded stays, and the repetition needs the option again', () => {
    const account = anAccount();
    const failed = account.deploy('Shop', first, { failing: ['Late'], rollback: false });
    expect([failed.state.status, names(failed.state.resources)]).toEqual(['CREATE_FAILED', ['Topic', 'Name']]);
    expect(account.copy().deploy('Shop', first).verdict).toBe('refused by AWS');
    expect(steps(account.deploy('Shop', first, { rollback: false }))).toEqual(['change: create Late']);
  });

  test('a protected load balancer that replaced another one outlives the rollback outside the stack', () => {
    const balancer = (Scheme: string) =>
      resource('AWS::ElasticLoadBalancingV2::LoadBalancer', {
        Scheme,
        LoadBalancerAttributes: [{ Key: 'deletion_protection.enabled', Value: 'true' }],
      });
    const account = anAccount();
    account.deploy('Shop', template({ Balancer: balancer('internet-facing') }));
    const internal = template({ Balancer: balancer('internal'), Late: topic({}, { DependsOn: 'Balancer' }) });
    const { state } = account.update('Shop', internal, { failing: ['Late'] });
    expect(state.resources.map(({ properties }) => properties.Scheme as string)).toEqual(['internet-facing']);
    expect(state.orphans.map(({ properties }) => properties.Scheme as string)).toEqual(['internal']);
  });

  test('ports that were passed on are given back in the former order', () => {
    const listener = (Port: number, DependsOn?: string) => ({
      ...resource('AWS::ElasticLoadBalancingV2::Listener', { LoadBalancerArn: 'balancer', Port }),
      DependsOn,
    });
    const account = anAccount();
    const { resources } = account.deploy('Shop', template({ B: listener(443), A: listener(80, 'B') })).state;
    const passedOn = template({ A: listener(81), B: listener(80, 'A'), Late: topic({}, { DependsOn: 'B' }) });
    const failed = account.update('Shop', passedOn, { failing: ['Late'] });
    expect(failed.state).toMatchObject({ status: 'UPDATE_ROLLBACK_COMPLETE', resources });
    expect(account.existing.of().map(({ properties }) => properties.Port as number)).toEqual([443, 80]);
  });

  test('a port that went to a new listener cannot be given back', () => {
    const listener = (Port: number) =>
      resource('AWS::ElasticLoadBalancingV2::Listener', { LoadBalancerArn: 'balancer', Port });
    const account = anAccount();
    account.deploy('Shop', template({ Main: listener(80) }));
    const moved = template({
      Main: listener(443),
      Redirect: { ...listener(80), DependsOn: 'Main' },
      Late: topic({}, { DependsOn: 'Redirect' }),
    });
    expect(account.update('Shop', moved, { failing: ['Late'] }).state.status).toBe('UPDATE_ROLLBACK_FAILED');
  });

  test('all refusals are found at once where it is asked for', () => {
    const account = anAccount();
    account.deploy('Shop', template({ A: logs('/a'), B: logs('/b') }));
    const again = account.deploy('Store', template({ A: logs('/a'), B: logs('/b') }), { findAll: true });
    expect(again.changes.map(({ verdict }) => verdict)).toEqual(['refused by AWS', 'refused by AWS']);
  });

  test('a resource whose type changes under its id is refused', () => {
    const account = anAccount();
    account.deploy('Shop', template({ Subject: topic() }));
    expect(described(account.update('Shop', template({ Subject: resource('AWS::SQS::Queue') })))[0]).toContain(
      'Update of resource type is not permitted',
    );
  });
});

describe('Stacks of one account (CloudFormation User Guide, "Get exported outputs from a deployed stack")', () => {
  const producer = (TopicName: string) => ({
    ...template({ Topic: topic({ TopicName }) }),
    Outputs: { Arn: { Value: { Ref: 'Topic' }, Export: { Name: 'arn' } }, Weak: { Value: { Ref: 'Topic' } } },
  });
  const consumer = (value: unknown) => template({ User: parameter('/user', value) });

  test('an export that is in use cannot change', () => {
    const account = anAccount();
    account.deploy('Alerts', producer('a'));
    account.deploy('Shop', consumer({ 'Fn::ImportValue': 'arn' }));
    expect(account.update('Alerts', producer('b'))).toMatchObject({
      verdict: 'refused by AWS',
      state: { status: 'UPDATE_ROLLBACK_COMPLETE' },
    });
    expect(account.remove('Alerts').verdict).toBe('refused by AWS');
  });

  test('an output read by Fn::GetStackOutput changes, and its reader follows with its own deployment', () => {
    const account = anAccount();
    const reader = consumer({ 'Fn::GetStackOutput': { StackName: 'Alerts', OutputName: 'Weak' } });
    account.deploy('Alerts', producer('a'));
    account.deploy('Shop', reader);
    expect(account.update('Alerts', producer('b')).state.status).toBe('UPDATE_COMPLETE');
    expect(steps(account.deploy('Shop', reader))).toEqual(['change: update User']);
  });

  test('what other stacks do not offer is refused', () => {
    expect(anAccount().deploy('Shop', consumer({ 'Fn::ImportValue': 'arn' })).verdict).toBe('refused by AWS');
  });
});

describe('A change that no rule classifies is unknown', () => {
  const update = (type: string, before: Properties, after: Properties) => {
    const account = anAccount();
    account.deploy('Shop', template({ Subject: resource(type, before) }));
    return account.update('Shop', template({ Subject: resource(type, after) })).verdict;
  };

  test('of a type without rules', () => expect(update('Custom::Thing', { a: 1 }, { a: 2 })).toBe('unknown'));
  test('of a property that the specification does not list', () =>
    expect(update('AWS::CloudWatch::Alarm', { Colour: 'red' }, { Colour: 'blue' })).toBe('unknown'));
  test('of a property that replaces only sometimes, where no rule decides', () => {
    expect(update('AWS::RDS::DBInstance', { AvailabilityZone: 'a' }, { AvailabilityZone: 'b' })).toBe('unknown');
  });
});
