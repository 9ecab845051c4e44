import { accountOfCases as anAccount, resource, template } from './cases/case';
import { logs, names, parameter, steps, topic } from './cases/parts';
import { described } from './outcome';

describe('Policies (Template reference, "DeletionPolicy attribute" and "UpdateReplacePolicy attribute")', () => {
  const policies = (LogGroupName: string, UpdateReplacePolicy: string) =>
    template({ Logs: logs(LogGroupName, { UpdateReplacePolicy }) });

  test('what is retained stays in the account and keeps its name', () => {
    const account = anAccount();
    const retained = template({ Logs: logs('/shop', { DeletionPolicy: 'Retain' }) });
    account.deploy('Shop', retained);
    expect(names(account.remove('Shop').state.orphans)).toEqual(['Logs']);
    expect(described(account.deploy('Shop', retained))[0]).toContain(
      'name AWS::Logs::LogGroup /shop is taken by Logs of Shop, which is retained',
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

  test('a firewall that a rollback takes back leaves neither it nor the former one (DisassociateWebACL)', () => {
    const balancer = resource('AWS::ElasticLoadBalancingV2::LoadBalancer', {});
    const shop = (WebACLArn: string, more = {}) =>
      template({
        Balancer: balancer,
        Association: resource(
          'AWS::WAFv2::WebACLAssociation',
          { WebACLArn, ResourceArn: { Ref: 'Balancer' } },
          { UpdateReplacePolicy: 'Retain', DeletionPolicy: 'Delete' },
        ),
        ...more,
      });
    const account = anAccount();
    account.deploy('Shop', shop('a'));
    const late = { Late: topic({}, { DependsOn: 'Association' }) };
    const outcome = account.update('Shop', shop('b', late), { failing: ['Late'] });
    expect(outcome.state.status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(account.existing.of('AWS::WAFv2::WebACLAssociation')).toEqual([]);
    expect(described(outcome)).toContainEqual(expect.stringMatching(/Balancer answers without a firewall/));
    expect(account.update('Shop', shop('a')).verdict).toBe('nothing');
  });

  test('what a cleanup can not delete stays outside the stack, and the update is complete', () => {
    const account = anAccount();
    account.deploy('Shop', template({ Bucket: resource('AWS::S3::Bucket') }));
    const { state, verdict, changes } = account.update('Shop', template({ Topic: topic() }));
    expect([state.status, verdict, names(state.orphans)]).toEqual(['UPDATE_COMPLETE', 'in place', ['Bucket']]);
    expect(changes.map(({ action }) => action)).toEqual(['create', 'retain']);
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

  test('an upgrade is not undone: where something else fails after it, the rollback fails as well', () => {
    const server = (EngineVersion: string) => resource('AWS::RDS::DBInstance', { Engine: 'postgres', EngineVersion });
    const account = anAccount();
    account.deploy('Shop', template({ Server: server('16.9') }));
    const upgraded = template({ Server: server('17.5'), Late: topic() });
    const { state, changes } = account.update('Shop', upgraded, { failing: ['Late'] });
    expect(state.status).toBe('UPDATE_ROLLBACK_FAILED');
    expect(changes.at(-1)).toMatchObject({ logicalId: 'Server', findings: [{ rule: 'no-engine-downgrade' }] });
  });
});
