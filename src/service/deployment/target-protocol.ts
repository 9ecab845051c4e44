import { AppProtocol } from 'aws-cdk-lib/aws-ecs';
import { ApplicationProtocolVersion } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { IConstruct } from 'constructs';
import { checkRules } from '../../validation/rules';
import { TargetProtocolVersion } from './target-protocol-version';

/** Protocol in which a load balancer speaks to the tasks of a service. */
export interface TargetProtocol {
  /** Protocol version of requests. */
  readonly version: TargetProtocolVersion;
  /** True for HTTPS, with any certificate that a task has. */
  readonly tls: boolean;
}

/** Protocol version of a target group. HTTP/1.1 is left out, as in groups that were created without one. */
export function protocolVersionOf({ version }: TargetProtocol): ApplicationProtocolVersion | undefined {
  switch (version) {
    case TargetProtocolVersion.HTTP2:
      return ApplicationProtocolVersion.HTTP2;
    case TargetProtocolVersion.GRPC:
      return ApplicationProtocolVersion.GRPC;
    default:
      return undefined;
  }
}

/** Protocol of the application for Service Connect. */
export function appProtocolOf({ version }: TargetProtocol): AppProtocol {
  switch (version) {
    case TargetProtocolVersion.HTTP2:
      return AppProtocol.http2;
    case TargetProtocolVersion.GRPC:
      return AppProtocol.grpc;
    default:
      return AppProtocol.http;
  }
}

/** Features of a service that not every protocol supports. */
interface ProtocolDemands {
  /** True where the listeners of the load balancer speak HTTPS. */
  readonly httpsListener?: boolean;
  /** Statuses of a healthy answer. */
  readonly healthCheck?: { readonly healthyHttpCodes?: string; readonly healthyGrpcCodes?: string };
  /** True for a service that others call by Service Connect. */
  readonly discoveryName?: boolean;
  /** True for a smoke test with requests, which are sent by HTTP/1.1. */
  readonly requests?: boolean;
}

/** Refuses what a load balancer, Service Connect or the smoke test can't do in a protocol. */
export function checkProtocolSupports(
  scope: IConstruct,
  { version, tls }: TargetProtocol,
  demands: ProtocolDemands,
): void {
  const { httpsListener = true, healthCheck = {}, discoveryName = false, requests = false } = demands;
  const { HTTP1, GRPC } = TargetProtocolVersion;
  checkRules(scope, [
    {
      condition: version !== HTTP1 && !httpsListener,
      prop: 'protocolVersion',
      problem: `is ${version}, which a load balancer forwards from HTTPS listeners only`,
      fix: 'give the SecureLoadBalancer a certificate, or remove protocolVersion',
    },
    {
      condition: version === GRPC && healthCheck.healthyHttpCodes !== undefined,
      prop: 'healthCheck.healthyHttpCodes',
      problem: 'is not supported with TargetProtocolVersion.GRPC, whose health checks end with a gRPC status',
      fix: "use healthyGrpcCodes: '0'",
    },
    {
      condition: version !== GRPC && healthCheck.healthyGrpcCodes !== undefined,
      prop: 'healthCheck.healthyGrpcCodes',
      problem: 'is not supported without protocolVersion: TargetProtocolVersion.GRPC',
      fix: "use healthyHttpCodes: '200'",
    },
    {
      condition: tls && discoveryName,
      prop: 'discoveryName',
      problem: 'is not supported with tlsToTasks: the proxy of Service Connect speaks plain HTTP to the application',
      fix: 'remove tlsToTasks, or let other services call this one through its load balancer',
    },
    {
      condition: version !== HTTP1 && requests,
      prop: 'smokeTest',
      problem: `has requests, which are HTTP/1.1, and the tasks of protocolVersion ${version} need not speak that`,
      fix: 'use SmokeTest.command(...), whose program calls SMOKE_TEST_URL in the right protocol',
    },
  ]);
}
