import * as fs from 'fs';
import * as path from 'path';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { PipelineChecks } from '../../src';
import { testStack } from '../fixtures/test-stack';
import { CompiledPackage, type Outcome } from './compiled-package';

const EXAMPLE = path.join(__dirname, '..', '..', 'examples', 'nestjs-nextjs');
const APP = fs.readFileSync(path.join(EXAMPLE, 'app.ts'), 'utf8');
const CDK_JSON = fs.readFileSync(path.join(EXAMPLE, 'cdk.json'), 'utf8');

describe('the example of document A', () => {
  const compiled = new CompiledPackage();
  const folder = compiled.addApp('nestjs-nextjs', APP, CDK_JSON);
  let outcome: Outcome;
  let production: Template;
  let staging: Template;
  let delivery: Template;

  beforeAll(() => {
    outcome = compiled.demo();
    const templateOf = (stack: string) => Template.fromJSON(JSON.parse(fs.readFileSync(path.join(folder, 'cdk.out', `${stack}.template.json`), 'utf8')));
    // Network and database have stacks of their own.
    [production, staging] = ['shop-production', 'shop-staging'].map((name) => {
      const parts = [name, `${name}-network`, `${name}-data`].map((stack) => templateOf(stack).toJSON().Resources as object);
      return Template.fromJSON({ Resources: Object.assign({}, ...parts) as object });
    });
    delivery = templateOf('shop-delivery');
  }, 240_000);
  afterAll(() => compiled.remove());

  test('has at most 150 lines', () => {
    expect(APP.trimEnd().split('\n').length).toBeLessThanOrEqual(150);
  });

  test('its README names the scripts that the pipeline runs, and no others (A-09)', () => {
    const { lint, unit, integration } = PipelineChecks.npmScripts()._bind(testStack(), { directories: ['api'] });
    const run = [...lint, ...unit, ...integration].map((command) => /npm (?:run )?([\w:]+)/.exec(command)![1]);
    const migrations = [...APP.matchAll(/'npm', 'run', '([\w:]+)'/g)].map(([, script]) => script);
    const readme = fs.readFileSync(path.join(EXAMPLE, 'README.md'), 'utf8');
    const named = [...readme.matchAll(/`((?:lint|test|migration)[\w:]*)`/g)].map(([, script]) => script);
    expect(named.sort()).toEqual([...run, ...migrations].sort());
  });

  test('leaves nothing unacknowledged in CDK\'s validation and the four cdk-nag packs, in any of its stacks', () => {
    expect(outcome.stderr).toBe('');
    ['registry', 'recovery', 'staging', 'production', 'delivery'].forEach((stack) =>
      expect(outcome.stdout).toMatch(new RegExp(`^  shop-${stack} +\\d+ +[\\d,]+ +0 `, 'm')));
  });

  test('stays below the 500 resources and the megabyte that a stack may have', () => {
    [production, staging, delivery].forEach((template) => {
      expect(Object.keys(template.toJSON().Resources).length).toBeLessThan(500);
      expect(JSON.stringify(template.toJSON()).length).toBeLessThan(1_000_000);
    });
  });

  test('writes its templates without indentation, a third smaller', () => {
    const files = fs.readdirSync(path.join(folder, 'cdk.out')).filter((file) => file.endsWith('.template.json'));
    expect(files.length).toBeGreaterThan(4);
    files.forEach((file) => expect(fs.readFileSync(path.join(folder, 'cdk.out', file), 'utf8')).not.toMatch(/\n\s/));
  });

  test('web on 3000 and api on 4000 behind one load balancer, 443 alone, TLS 1.3 (A-01, A-02)', () => {
    production.resourceCountIs('AWS::ElasticLoadBalancingV2::LoadBalancer', 1);
    const ports = Object.values(production.findResources('AWS::ECS::Service')).map(({ Properties }) => Properties.LoadBalancers[0].ContainerPort);
    expect(ports.sort()).toEqual([3000, 4000]);
    const listeners = Object.values(production.findResources('AWS::ElasticLoadBalancingV2::Listener')).map(({ Properties }) => [Properties.Port, Properties.SslPolicy]);
    expect(listeners.sort()).toEqual([[443, expect.stringMatching(/TLS13-1-3/)], [8443, expect.stringMatching(/TLS13-1-3/)]]);
  });

  test('PostgreSQL 15 on db.t4g.medium with a standby, 100 GB, backed up at 02:00 UTC (A-03, A-05)', () => {
    production.hasResourceProperties('AWS::RDS::DBInstance', {
      Engine: 'postgres',
      EngineVersion: Match.stringLikeRegexp('^15'),
      DBInstanceClass: 'db.t4g.medium',
      MultiAZ: true,
      AllocatedStorage: '100',
      Iops: Match.absent(),
      PreferredBackupWindow: '02:00-03:00',
      BackupRetentionPeriod: 7,
    });
  });

  test('no release begins while an alarm of its database fires (A-10)', () => {
    const releases = Object.entries(delivery.findResources('AWS::StepFunctions::StateMachine')).filter(([id]) => id.includes('ReleaseMachine')).map(([, { Properties }]) => JSON.stringify(Properties.DefinitionString));
    expect(releases).toHaveLength(2);
    releases.forEach((definition) => expect(definition).toMatch(/Gate.*DatabaseConnectionsShare.*DatabaseTransactionAge/i));
  });

  test('green is verified for two minutes, then gets all traffic; blue is kept for 30 minutes (A-11)', () => {
    production.allResourcesProperties('AWS::ECS::Service', { DeploymentConfiguration: Match.objectLike({ Strategy: 'BLUE_GREEN', BakeTimeInMinutes: 30 }) });
    const plans = Object.values(production.findResources('AWS::Lambda::Function')).flatMap(({ Properties }) => Properties.Environment?.Variables?.ROLLOUT_PLAN ?? []);
    expect(plans.map((plan) => JSON.parse(plan).verifySeconds)).toEqual([120, 120]);
  });

  test('logs are where the document has them (A-15)', () => {
    const names = Object.values(production.findResources('AWS::Logs::LogGroup')).map(({ Properties }) => Properties.LogGroupName).filter((name) => name?.startsWith?.('/ecs'));
    expect(names.sort()).toEqual(['/ecs/production/api', '/ecs/production/web']);
  });

  test('many errors page once, by the incident of their service, and link their runbook (A-21, A-22)', () => {
    const [[many]] = Object.entries(production.findResources('AWS::CloudWatch::Alarm', {
      Properties: { Threshold: 10, AlarmDescription: Match.stringLikeRegexp('docs/runbooks/service-errors-many\\.md') },
    }));
    const incidents = Object.values(production.findResources('AWS::CloudWatch::CompositeAlarm', { Properties: { AlarmActions: Match.anyValue() } }));
    const pages = incidents.filter(({ Properties }) => JSON.stringify(Properties.AlarmActions).includes('critical'));
    expect(pages.filter(({ Properties }) => JSON.stringify(Properties.AlarmRule).includes(many))).toHaveLength(1);
  });

  test('errors and slow answers beyond those that are allowed roll a deployment back, for each target group (A-13)', () => {
    const services = Object.values(production.findResources('AWS::ECS::Service')).map(({ Properties }) => JSON.stringify(Properties.DeploymentConfiguration.Alarms.AlarmNames));
    expect(services).toHaveLength(2);
    services.forEach((alarms) => {
      ['success-rate-fast', 'success-rate-slow', 'response-time-fast', 'response-time-slow'].forEach((name) => [1, 2].forEach((group) => expect(alarms).toContain(`${name}-${group}`)));
    });
  });

  test('queries are saved, and what the business counts comes out of the log (A-16, A-18)', () => {
    const queries = Object.values(production.findResources('AWS::Logs::QueryDefinition')).map(({ Properties }) => Properties.Name as string);
    ['Errors by context', 'Response times', 'Requests per minute'].forEach((title) => expect(queries.filter((name) => name.endsWith(title))).toHaveLength(2));
    const patterns = Object.values(production.findResources('AWS::Logs::MetricFilter')).map(({ Properties }) => Properties.FilterPattern);
    expect(patterns).toEqual(expect.arrayContaining(['{ $.event = "item.created" }', '{ $.event = "item.duplicate" }']));
  });

  test('staging differs from production in size, log texts and notifications, and in nothing else (A-10, C-23)', () => {
    const kinds = (template: Template) => Object.values(template.toJSON().Resources as { [id: string]: { Type: string } }).map(({ Type }) => Type);
    const told = ['AWS::Chatbot::', 'AWS::Lambda::', 'AWS::SQS::', 'AWS::SNS::', 'AWS::IAM::', 'AWS::KMS::', 'AWS::Logs::LogGroup', 'AWS::CloudWatch::', 'AWS::Events::'];
    const rest = (template: Template) => kinds(template).filter((kind) => !told.some((prefix) => kind.startsWith(prefix))).sort();
    expect(rest(staging)).toEqual(rest(production));
    staging.hasResourceProperties('AWS::RDS::DBInstance', { DBInstanceClass: 'db.t4g.small', MultiAZ: true });
  });

  test('sources, build, staging, approval, production, in this order, the newest of those that wait (A-08 to A-10, A-12)', () => {
    delivery.hasResourceProperties('AWS::CodePipeline::Pipeline', { PipelineType: 'V2', ExecutionMode: 'SUPERSEDED' });
    const [{ Properties }] = Object.values(delivery.findResources('AWS::CodePipeline::Pipeline'));
    const actions = (Properties.Stages as Array<{ Actions: Array<{ ActionTypeId: { Category: string; Provider: string }; RunOrder: number }> }>)
      .flatMap(({ Actions }) => [...Actions].sort((a, b) => a.RunOrder - b.RunOrder).map(({ ActionTypeId }) => `${ActionTypeId.Category} ${ActionTypeId.Provider}`));
    expect(actions[0]).toBe('Source CodeStarSourceConnection');
    const releases = actions.flatMap((action, index) => (action === 'Invoke StepFunctions' ? [index] : []));
    const approvals = actions.flatMap((action, index) => (action === 'Approval Manual' ? [index] : []));
    expect(approvals).toHaveLength(1);
    expect(releases.some((release) => release < approvals[0])).toBe(true);
    expect(releases[releases.length - 1]).toBeGreaterThan(approvals[0]);
  });
});
