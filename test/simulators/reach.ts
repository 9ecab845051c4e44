import { type Existing, type Resource } from './cloudformation/resource';
import { list } from './cloudformation/template';

interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: string | string[];
}

interface Rule {
  readonly FromPort: number;
  readonly ToPort: number;
  readonly GroupId: string;
  readonly SourceSecurityGroupId?: string;
  readonly DestinationSecurityGroupId?: string;
}

/** What a task or a function can reach among what exists: secrets by its role, servers by its security groups. */
export class Reach {
  public constructor(private readonly existing: Existing) {}

  /** Tells if a managed policy of a role lets it read a secret. */
  public reads(roleArn: string, secretArn: string): boolean {
    const role = roleArn.split('/').pop();
    return this.existing
      .of('AWS::IAM::ManagedPolicy')
      .filter(({ properties }) => (properties.Roles as string[]).includes(role!))
      .flatMap(({ properties }) => (properties.PolicyDocument as { Statement: Statement[] }).Statement)
      .some(({ Effect, Action, Resource: resource }) =>
        Effect === 'Allow' &&
        [Action].flat().includes('secretsmanager:GetSecretValue') &&
        [resource].flat().includes(secretArn),
      );
  }

  /** Tells if one of some groups may send to the port of a server, and the server's groups let it in. */
  public connects(groups: readonly string[], { properties }: Resource): boolean {
    const servers = list(properties.VPCSecurityGroups as string[]);
    const passes = (type: string, own: readonly string[], peers: readonly string[]): boolean =>
      this.existing
        .of(type)
        .map((rule) => rule.properties as unknown as Rule)
        .some(({ GroupId, SourceSecurityGroupId, DestinationSecurityGroupId, FromPort, ToPort }) =>
          own.includes(GroupId) &&
          peers.includes(SourceSecurityGroupId ?? DestinationSecurityGroupId ?? '') &&
          FromPort <= Number(properties.Port) && Number(properties.Port) <= ToPort,
        );
    return passes('AWS::EC2::SecurityGroupEgress', groups, servers)
      && passes('AWS::EC2::SecurityGroupIngress', servers, groups);
  }
}
