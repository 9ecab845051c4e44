import { RemovalPolicy } from 'aws-cdk-lib';
import type { EnvironmentProfile } from '../../environment';

/**
 * What happens to the server. Retained but on creation: of a first deployment that fails, nothing is meant to stay. RDS deletes the server then only
 * once its protection is taken off by hand (docs/database.md).
 */
export function removalOfServer(given: RemovalPolicy | undefined, profile: EnvironmentProfile): RemovalPolicy {
  const policy = given ?? profile.removalPolicy;
  return policy === RemovalPolicy.RETAIN ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : policy;
}

/** A snapshot that is taken at the end needs its key for as long as it lives. */
export function removalOfKey(server: RemovalPolicy): RemovalPolicy {
  return server === RemovalPolicy.SNAPSHOT ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : server;
}

/** A database that stays keeps its group, subnets and parameters: CloudFormation couldn't delete them below it. */
export function removalOfWhatItStandsOn(server: RemovalPolicy): RemovalPolicy {
  return server === RemovalPolicy.SNAPSHOT ? RemovalPolicy.DESTROY : server;
}
