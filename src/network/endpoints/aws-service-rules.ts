import { type Connections, type IConnectable, Peer, Port } from 'aws-cdk-lib/aws-ec2';
import type { IConstruct } from 'constructs';
import { allowTo } from '../security-groups/allow-to';
import { s3PrefixListId } from './s3-prefix-list';

const HTTPS = Port.tcp(443);

/** Destinations of AWS API calls in a network without NAT. */
interface EndpointRules {
  readonly interfaceEndpoints: IConnectable;
  /** Id of S3's prefix list, where the caller gave one. */
  readonly s3PrefixListId?: string;
}

/** Allows a client to reach AWS services through NAT. */
export function allowThroughNat(client: Connections): void {
  client.allowTo(Peer.anyIpv4(), HTTPS, 'AWS services, through NAT');
}

/** Allows a client to reach AWS services through interface endpoints. */
export function allowToInterfaceEndpoints(client: Connections, interfaceEndpoints: IConnectable): void {
  allowTo(client, interfaceEndpoints, HTTPS, 'AWS services, through interface endpoints');
}

/** Allows a client to reach AWS services through interface endpoints, and S3 through its gateway. */
export function allowThroughEndpoints(scope: IConstruct, client: Connections, rules: EndpointRules): void {
  allowToInterfaceEndpoints(client, rules.interfaceEndpoints);
  client.allowTo(
    Peer.prefixList(s3PrefixListId(scope, rules.s3PrefixListId)),
    HTTPS,
    'S3, through its gateway endpoint',
  );
}
