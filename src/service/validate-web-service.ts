import { type Duration, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { checkPort, checkWholeNumber } from '../validation/checks';
import { PropError } from '../validation/prop-error';
import type { Rollout } from './deployment/rollout';
import type { ProductionWebServiceProps } from './production-web-service-props';
import { checkServiceName, checkTask } from './task/validate-task';

/** What a web service answers where its caller left something open, before any of it is checked. */
interface WebServiceToCheck {
  readonly port: number;
  readonly rollout: Rollout;
  readonly cpu: number;
  readonly memoryMiB: number;
  readonly successRatePercent: number;
  readonly responseTimeLimit: Duration;
}

/** Refuses what AWS would refuse, and props that contradict each other. */
export function checkWebService(scope: IConstruct, props: ProductionWebServiceProps, service: WebServiceToCheck): void {
  const { port, rollout, cpu, memoryMiB, successRatePercent: success, responseTimeLimit } = service;
  checkNeeded(scope, props);
  checkServiceName(scope, props.serviceName);
  checkPort(scope, 'port', port);
  checkTask(scope, props, { cpu, memoryMiB, port });
  rollout._check(scope, {
    smokeTest: props.smokeTest,
    sharedLoadBalancer: props.loadBalancer !== undefined,
    route: props.route?._name(),
    serviceConnect: props.discoverableAs !== undefined,
  });
  props.smokeTest?._check(scope, props.notSecret);
  checkWholeNumber(scope, 'routePriority', props.routePriority, {
    min: 1,
    max: 50000,
    unit: 'as a priority',
    fix: 'leave it out',
  });
  if (props.loadBalancer && props.certificate) {
    throw new PropError(scope, {
      prop: 'certificate',
      value: 'a certificate',
      expected: 'certificate or loadBalancer, not both',
      fix: 'give the certificate to the SecureLoadBalancer',
    });
  }
  checkWholeNumber(scope, 'responseTimeLimit', responseTimeLimit.toMilliseconds(), {
    min: 50,
    max: 3_600_000,
    unit: 'milliseconds',
    fix: 'give the time that a good answer takes, with room',
  });
  if (!Token.isUnresolved(success) && !(success > 0 && success <= 100)) {
    throw new PropError(scope, {
      prop: 'successRatePercent',
      value: success,
      expected: 'above 0, up to 100',
      fix: 'give the percentage of requests that must succeed',
    });
  }
}

/** Without `certificate`, the load balancer that the service would make refuses in its own words; without the others, plain JavaScript in nobody's. */
function checkNeeded(scope: IConstruct, props: Partial<ProductionWebServiceProps>): void {
  const value = undefined;
  if (!props.network) {
    throw new PropError(scope, {
      prop: 'network',
      value,
      expected: 'a network',
      fix: "give new SecureVpc(this, 'Network')",
    });
  }
  if (!props.image) {
    throw new PropError(scope, {
      prop: 'image',
      value,
      expected: 'an image',
      fix: "give ServiceImage.fromRepository(images, { tag: '1.4.2' })",
    });
  }
  if (!props.certificate && !props.loadBalancer) {
    throw new PropError(scope, {
      prop: 'certificate',
      value,
      expected: 'a certificate, or a loadBalancer',
      fix: 'import one with Certificate.fromCertificateArn; a SecureLoadBalancer without one takes plainHttp with a reason',
    });
  }
}
