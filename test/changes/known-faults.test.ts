import { Stack, Stage, Tags } from 'aws-cdk-lib';
import {
  Egress,
  HardenedPostgres,
  type HardenedPostgresProps,
  Ingress,
  PostgresCapacity,
  ProductionWebService,
  type ProductionWebServiceProps,
  Rollout,
  SecureLoadBalancer,
  type SecureLoadBalancerProps,
  SecureVpc,
  type SecureVpcProps,
  ServiceImage,
} from '../../src';
import { ENV, templateOf, testApp, testStack } from '../fixtures/test-stack';
import { certificate } from '../fixtures/web-service';
import { Account } from '../simulators/cloudformation/account';
import { described, type Outcome } from '../simulators/cloudformation/outcome';
import type { Template } from '../simulators/cloudformation/template';

const PLAIN_HTTP = { plainHttp: { reason: '(the reason that the app gives)' } };

/** Each test holds a fault of the library that is found until mended; then it expects the harmless outcome. */
describe('Known faults of changes', () => {
  describe('of a network', () => {
    const nat = networkTemplate();
    const closed = networkTemplate({ egress: Egress.endpointsOnly() });

    // Is found until mended: both entries need one number under one logical id.
    test.each([
      ['from NAT gateways to endpoints only', nat, closed, 'NetworkAclsapplicationOutnetwork'],
      ['from endpoints only to NAT gateways', closed, nat, 'NetworkAclsapplicationOutworld'],
    ])('an egress %s needs an ACL entry whose number is taken', (_, before, after, entry) => {
      const outcome = changeOf(before, after);
      expect(outcome.state.status).toBe('UPDATE_ROLLBACK_COMPLETE');
      expect(findings(outcome, 'unique-acl-entry')).toEqual([expect.stringMatching(`^create ${entry}`)]);
    });
  });

  describe('of a service behind a load balancer', () => {
    const shop = shopTemplate();

    // Is found until mended: the rules and listeners of a shifted service take no tag from the app.
    test('a tag on the app writes the weights of both listener rules', () => {
      const outcome = changeOf(shop, shopTemplate({}, 'shop'));
      expect(outcome.verdict).toBe('interruption');
      expect(findings(outcome, 'shifted-rule-edited')).toEqual([
        expect.stringMatching(/^update WebTrafficProductionRule\w+: Tags$/),
        expect.stringMatching(/^update WebTrafficTestRule\w+: Tags$/),
      ]);
    });

    // Is found until mended: the port of a target group is a constant.
    test('another port replaces both target groups while they serve', () => {
      const outcome = changeOf(shop, shopTemplate({ service: { port: 3000 } }));
      expect(outcome.verdict).toBe('interruption');
      expect(findings(outcome, 'target-group-replaced')).toEqual([
        expect.stringMatching(/^replace WebTrafficBlue\w+: Port$/),
        expect.stringMatching(/^replace WebTrafficGreen\w+: Port$/),
      ]);
      expect(findings(outcome, 'service-deployment')).toEqual([
        expect.stringMatching(/^update WebService\w+: LoadBalancers,TaskDefinition$/),
      ]);
    });

    // Is found until mended: one of the two listeners waits for the other one.
    test.each([
      [
        'the redirect takes port 80 of the listener',
        () => changeOf(shopTemplate({ balancer: PLAIN_HTTP }), shop),
        /^create BalancerRedirectListener/,
      ],
      [
        'the listener takes port 80 of the redirect',
        () => changeOf(shop, shopTemplate({ balancer: PLAIN_HTTP })),
        /^update BalancerListener/,
      ],
    ])('between plain HTTP and a certificate %s', (_, change, listener) => {
      const outcome = change();
      expect(outcome.state.status).toBe('UPDATE_ROLLBACK_COMPLETE');
      expect(findings(outcome, 'unique-listener-port')).toEqual([expect.stringMatching(listener)]);
    });

    // Is found until mended: the change is refused at synthesis, or begins with blue live.
    test('a rolling rollout instead of blue/green sends production to the blue group, which may be empty', () => {
      const outcome = changeOf(shop, shopTemplate({ service: { rollout: Rollout.rolling() } }));
      expect(outcome.verdict).toBe('interruption');
      expect(findings(outcome, 'shifted-rule-edited')).toEqual([
        expect.stringMatching(/^update WebTrafficProductionRule\w+: Actions$/),
      ]);
    });

    // Is found until mended: the change is refused at synthesis with its procedure, or the groups follow.
    test('an internal ingress replaces the load balancer while its target groups belong to the former one', () => {
      const outcome = changeOf(shop, shopTemplate({ balancer: { ingress: Ingress.internalOnly(['10.0.0.0/16']) } }));
      expect(outcome.state.status).toBe('UPDATE_ROLLBACK_COMPLETE');
      expect(findings(outcome, 'load-balancer-replaced')).toHaveLength(1);
      expect(findings(outcome, 'target-group-of-one-load-balancer')).toHaveLength(1);
      // Its own protection keeps the new load balancer from being deleted by the rollback.
      expect(outcome.state.orphans.map(({ type }) => type)).toContain('AWS::ElasticLoadBalancingV2::LoadBalancer');
    });
  });

  describe('of an app with a database', () => {
    const plain = appIn(testStack());

    // Is found until mended: the change is refused at synthesis with the way of a restore.
    test('a serverless capacity instead of an instance asks for another type under one logical id', () => {
      const outcome = changeOf(plain, appIn(testStack(), { capacity: PostgresCapacity.serverless() }));
      expect(outcome.state.status).toBe('UPDATE_ROLLBACK_COMPLETE');
      expect(described(outcome)).toContainEqual(expect.stringContaining('Update of resource type is not permitted'));
    });

    // Is found until mended: everything fixed is derived below the stack.
    test('a Stage around the stack replaces what traffic and data hang on', () => {
      const stage = new Stage(testApp(), 'Production', { env: ENV });
      const outcome = changeOf(plain, appIn(new Stack(stage, 'Test', { stackName: 'Test' })));
      expect(outcome.verdict).toBe('data at risk');
      expect(findings(outcome, 'shifted-rule-edited')).toHaveLength(2);
      expect(findings(outcome, 'security-group-replaced')).toHaveLength(4);
      expect(findings(outcome, 'family-changed')).toHaveLength(1);
      expect(findings(outcome, 'data-replaced')).toEqual([expect.stringMatching(/^replace DatabaseBackupsVault/)]);
      expect(findings(outcome, 'database-restarts')).toEqual([
        expect.stringMatching(/^update DatabaseServerInstance\w+: DBParameterGroupName/),
      ]);
    });

    // Is found until mended: names of vaults contain the name of the stack.
    test('a second deployment under another stack name needs a vault whose name is taken', () => {
      const account = new Account(ENV);
      account.deploy('Test', plain);
      const second = account.deploy('Copy', appIn(testStack({ stackName: 'Copy' })), { findAll: true });
      expect(findings(second, 'unique-name-of-AWS::Backup::BackupVault')).toHaveLength(1);
    });

    test('a failed first deployment is repeated without a rollback, with which it can be neither deleted nor repeated', () => {
      const [service] = Object.entries(plain.Resources!).find(([, { Type }]) => Type === 'AWS::ECS::Service')!;
      const rolledBack = new Account(ENV);
      const failed = rolledBack.deploy('Test', plain, { failing: [service] });
      expect(failed.state.status).toBe('ROLLBACK_FAILED');
      expect(findings(failed, 'protected-database')).toHaveLength(1);
      expect(findings(failed, 'protected-load-balancer')).toHaveLength(1);
      expect(rolledBack.deploy('Test', plain).state.status).toBe('DELETE_FAILED');

      const account = new Account(ENV);
      account.deploy('Test', plain, { failing: [service], rollback: false });
      expect(account.deploy('Test', plain, { rollback: false }).state.status).toBe('UPDATE_COMPLETE');
      expect(account.update('Test', plain).verdict).toBe('nothing');
    });

    test('a cluster that a new account refuses leaves nothing behind', () => {
      const [cluster] = Object.entries(plain.Resources!).find(([, { Type }]) => Type === 'AWS::ECS::Cluster')!;
      const account = new Account(ENV);
      const failed = account.deploy('Test', plain, { failing: [cluster] });
      expect(failed.state).toMatchObject({ status: 'ROLLBACK_COMPLETE', resources: [], orphans: [] });
      expect(account.deploy('Test', plain).state.status).toBe('CREATE_COMPLETE');
    });
  });
});

/** Update of a stack from the first template to the second. */
function changeOf(before: Template, after: Template): Outcome {
  const account = new Account(ENV);
  account.deploy('Test', before);
  return account.update('Test', after);
}

/** Changes about which a rule says something, as `action id: properties`. */
function findings({ changes }: Outcome, rule: string): string[] {
  return changes
    .filter(({ findings: all }) => all.some((finding) => finding.rule === rule))
    .map(({ action, logicalId, properties }) => `${action} ${logicalId}: ${properties.join()}`);
}

function networkTemplate(props?: SecureVpcProps): Template {
  const stack = testStack();
  new SecureVpc(stack, 'Network', props);
  return templateOf(stack).toJSON() as Template;
}

interface ShopOptions {
  readonly balancer?: Partial<SecureLoadBalancerProps>;
  readonly service?: Partial<ProductionWebServiceProps>;
}

/** Fills a stack with a service behind a load balancer. */
function shopIn(stack: Stack, { balancer = {}, service }: ShopOptions = {}): SecureVpc {
  const network = new SecureVpc(stack, 'Network');
  const tls = 'plainHttp' in balancer ? {} : { certificate: certificate(stack) };
  const loadBalancer = new SecureLoadBalancer(stack, 'Balancer', { network, ...tls, ...balancer });
  const image = ServiceImage.fromRegistry('public.ecr.aws/nginx/nginx-unprivileged:1.29.1');
  new ProductionWebService(stack, 'Web', { network, loadBalancer, image, ...service });
  return network;
}

function shopTemplate(options?: ShopOptions, tag?: string): Template {
  const stack = testStack();
  shopIn(stack, options);
  if (tag) {
    Tags.of(stack.node.root).add('team', tag);
  }
  return templateOf(stack).toJSON() as Template;
}

/** Fills a stack with a service and a database. */
function appIn(stack: Stack, database: Partial<HardenedPostgresProps> = {}): Template {
  const network = shopIn(stack);
  new HardenedPostgres(stack, 'Database', { network, ...database });
  return templateOf(stack).toJSON() as Template;
}
