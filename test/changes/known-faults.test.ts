import { type Stack, Tags } from 'aws-cdk-lib';
import {
  Egress,
  Ingress,
  ProductionWebService,
  SecureLoadBalancer,
  type SecureLoadBalancerProps,
  SecureVpc,
  type SecureVpcProps,
  ServiceImage,
} from '../../src';
import { ENV, templateOf, testStack } from '../fixtures/test-stack';
import { certificate } from '../fixtures/web-service';
import { Account } from '../simulators/cloudformation/account';
import type { Outcome } from '../simulators/cloudformation/outcome';
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
      const outcome = changeOf(shop, shopTemplate({ tag: 'shop' }));
      expect(outcome.verdict).toBe('interruption');
      expect(findings(outcome, 'shifted-rule-edited')).toEqual([
        expect.stringMatching(/^update WebTrafficProductionRule\w+: Tags$/),
        expect.stringMatching(/^update WebTrafficTestRule\w+: Tags$/),
      ]);
    });

    // Is found until mended: the port of a target group is a constant.
    test('another port replaces both target groups while they serve', () => {
      const outcome = changeOf(shop, shopTemplate({ port: 3000 }));
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
});

/** What the second template does to a stack of the first. */
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

function templateWith(make: (stack: Stack) => void): Template {
  const stack = testStack();
  make(stack);
  return templateOf(stack).toJSON() as Template;
}

function networkTemplate(props?: SecureVpcProps): Template {
  return templateWith((stack) => new SecureVpc(stack, 'Network', props));
}

interface ShopOptions {
  readonly balancer?: Partial<SecureLoadBalancerProps>;
  readonly port?: number;
  readonly tag?: string;
}

function shopTemplate({ balancer = {}, port, tag }: ShopOptions = {}): Template {
  return templateWith((stack) => {
    const network = new SecureVpc(stack, 'Network');
    const tls = 'plainHttp' in balancer ? {} : { certificate: certificate(stack) };
    const loadBalancer = new SecureLoadBalancer(stack, 'Balancer', { network, ...tls, ...balancer });
    const image = ServiceImage.fromRegistry('public.ecr.aws/nginx/nginx-unprivileged:1.29.1');
    new ProductionWebService(stack, 'Web', { network, loadBalancer, image, port });
    if (tag) {
      Tags.of(stack.node.root).add('team', tag);
    }
  });
}
