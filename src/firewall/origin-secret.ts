import { SecretValue, Token } from 'aws-cdk-lib';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import type { IConstruct } from 'constructs';
import { checkInReach } from '../validation/objects-in-reach';
import { checkRules, type Rule } from '../validation/rules';

/** Properties of {@link OriginSecret.header}. The secret and the id of its version are required. */
export interface OriginSecretProps {
  /**
   * Secret with the value that the CDN sends, in the region of the firewall.
   *
   * CloudFormation reads it with the permissions of the deployment, and a key of its own with them.
   */
  readonly secret: ISecret;
  /**
   * Id of the version whose value is admitted, 32 to 64 characters.
   *
   * CloudFormation reads a value again only where the template changes. So a new value needs another id.
   */
  readonly versionId: string;
  /**
   * Id of a second version whose value is admitted too, while the CDN changes from one to the other.
   * @default - one version is admitted
   */
  readonly nextVersionId?: string;
  /**
   * Field of a secret in JSON.
   * @default - the whole text of the secret
   */
  readonly field?: string;
}

/** Capacity units of a comparison with one value, as AWS counts it with a text transformation. */
const UNITS_OF_VALUE = 12;
const HEADER = /^[A-Za-z0-9-]{1,64}$/;
const VERSION = /^[\w-]{32,64}$/;
/** Headers that clients or proxies set for other reasons. */
const TAKEN = ['host', 'cookie', 'authorization', 'user-agent', 'x-forwarded-for', 'cf-connecting-ip'];

/**
 * Header with a secret, by which a CDN shows that it sends a request for this application.
 *
 * Other customers of a CDN send from the same addresses. The template has a reference to the secret and never its
 * value. The log and the samples of the firewall leave the header out.
 *
 * A rotation takes two deployments. The first one admits the next version, too. The second one, after the CDN has
 * changed, admits that version alone.
 *
 * @example
 * new WebFirewall(this, 'Firewall', {
 *   clientAddressHeader: 'CF-Connecting-IP',
 *   originSecret: OriginSecret.header('X-Origin-Key', {
 *     secret: originKey,
 *     versionId: '11111111-2222-3333-4444-555555555555',
 *   }),
 * });
 */
export class OriginSecret {
  /**
   * Secret in a header of each request.
   *
   * @param name name of the header, for example `X-Origin-Key`
   * @param props secret, and its versions that are admitted
   */
  public static header(name: string, props: OriginSecretProps): OriginSecret {
    return new OriginSecret(name, props);
  }

  private constructor(
    /** Name of the header. */
    public readonly headerName: string,
    private readonly props: OriginSecretProps,
  ) {}

  /**
   * Refuses a secret out of reach, and names that WAF or Secrets Manager would refuse.
   * @internal
   */
  public _check(scope: IConstruct): void {
    checkInReach(scope, 'originSecret.secret', this.props.secret, 'secret');
    checkRules(scope, this.rules());
  }

  /**
   * Statement that matches requests without one of the values.
   * @internal
   */
  public _missing(): CfnWebACL.StatementProperty {
    const admitted = this.versions.map((versionId) => this.holds(versionId));
    const statement = admitted.length === 1 ? admitted[0] : { orStatement: { statements: admitted } };
    return { notStatement: { statement } };
  }

  /**
   * Capacity units of the statement.
   * @internal
   */
  public _units(): number {
    return this.versions.length * UNITS_OF_VALUE;
  }

  private get versions(): string[] {
    const { versionId, nextVersionId } = this.props;
    return [versionId, ...(nextVersionId === undefined ? [] : [nextVersionId])];
  }

  private holds(versionId: string): CfnWebACL.StatementProperty {
    const { secret, field: jsonField } = this.props;
    return {
      byteMatchStatement: {
        fieldToMatch: { singleHeader: { Name: this.headerName.toLowerCase() } },
        positionalConstraint: 'EXACTLY',
        // The reference, which CloudFormation resolves. The value is never in the template.
        searchString: SecretValue.secretsManager(secret.secretArn, { jsonField, versionId }).unsafeUnwrap(),
        textTransformations: [{ type: 'NONE', priority: 0 }],
      },
    };
  }

  private rules(): Rule[] {
    const { versionId, nextVersionId } = this.props;
    const versionRule = (prop: string, value?: string): Rule => ({
      condition: value !== undefined && !Token.isUnresolved(value) && !VERSION.test(value),
      prop: `originSecret.${prop}`,
      value,
      expected: 'the id of a version, of 32 to 64 characters',
      fix: 'copy it from aws secretsmanager list-secret-version-ids',
    });
    return [
      {
        condition: Token.isUnresolved(this.headerName) || !HEADER.test(this.headerName),
        prop: 'originSecret.name',
        value: this.headerName,
        expected: 'the name of a header, of at most 64 letters, digits and -',
        fix: "write for example 'X-Origin-Key'",
      },
      {
        condition: TAKEN.includes(this.headerName.toLowerCase()),
        prop: 'originSecret.name',
        value: this.headerName,
        expected: 'a header that nothing else sets',
        fix: "write for example 'X-Origin-Key'",
      },
      versionRule('versionId', versionId),
      versionRule('nextVersionId', nextVersionId),
      {
        condition: versionId === nextVersionId,
        prop: 'originSecret.nextVersionId',
        value: nextVersionId,
        expected: 'another version than versionId',
        fix: 'give the id of the new version, or remove nextVersionId',
      },
    ];
  }
}
