import { ManagedPolicy, type PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { PropError } from '../validation/prop-error';
import { policySize } from './policy-size';

/** Properties of a {@link GrowingPolicy}. All are required. */
export interface GrowingPolicyProps {
  /** Role that gets the permissions. */
  readonly role: Role;
  /** Statements. More may be added later. */
  readonly statements: PolicyStatement[];
  /** Prop that the statements grow with, for errors. */
  readonly prop: string;
}

/** Quota of IAM for a managed policy: characters without white space, with names resolved. */
const MOST_CHARACTERS = 6_144;
/** IAM attaches 10 policies to a role. Two are left for the others of a role. */
const MOST_POLICIES = 8;
/** Longest beginning and end of a policy document. */
const FRAME = '{"Version":"2012-10-17","Statement":[]}'.length;

/**
 * Managed policy of a role that grows with what its construct is given.
 *
 * IAM refuses a policy of more than 6,144 characters when it is deployed. What does not fit is in further policies, its
 * children. Whoever depends on this policy depends on all of them, and an acknowledgement on it holds for them.
 */
export class GrowingPolicy extends ManagedPolicy {
  private readonly policies: ManagedPolicy[] = [this];
  /** Statements of the last policy. */
  private held: PolicyStatement[] = [];
  private characters = FRAME;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: GrowingPolicyProps,
  ) {
    super(scope, id, { roles: [props.role] });
    this.addStatements(...props.statements);
  }

  public override addStatements(...statements: PolicyStatement[]): void {
    statements.flatMap((statement) => this.portions(statement)).forEach((statement) => this.append(statement));
  }

  /** A statement about many resources, as several that fit a policy each. */
  private portions(statement: PolicyStatement): PolicyStatement[] {
    const { resources } = statement;
    if (resources.length < 2 || policySize(this, [statement]) <= MOST_CHARACTERS) {
      return [statement];
    }
    const half = Math.ceil(resources.length / 2);
    return [resources.slice(0, half), resources.slice(half)].flatMap((part) => {
      const portion = statement.copy({ resources: part });
      // An id stands once in a policy.
      portion.sid = undefined;
      return this.portions(portion);
    });
  }

  private append(statement: PolicyStatement): void {
    const size = policySize(this, [statement]) - FRAME + 1;
    if (this.characters + size > MOST_CHARACTERS) {
      // CDK merges statements at synthesis, so that less may be written than was added.
      this.characters = policySize(this, [...this.held, statement]) - size;
    }
    if (this.characters + size > MOST_CHARACTERS) {
      this.openNext();
    }
    this.characters += size;
    this.held.push(statement);
    const policy = this.policies[this.policies.length - 1];
    if (policy === this) {
      super.addStatements(statement);
    } else {
      policy.addStatements(statement);
    }
  }

  /**
   * Creates the next policy, for which the former one waits.
   *
   * So what moves there as the policy grows is allowed all the time. What moves back as it shrinks is missing between
   * the updates of both.
   */
  private openNext(): void {
    const { role, prop } = this.props;
    if (this.policies.length === MOST_POLICIES) {
      throw new PropError(this.node.scope!, {
        prop,
        problem: `needs more permissions than ${MOST_POLICIES} policies of ${MOST_CHARACTERS} characters hold`,
        fix: `divide ${prop} among several constructs`,
      });
    }
    const former = this.policies[this.policies.length - 1];
    const next = new ManagedPolicy(this, `${this.policies.length + 1}`, { roles: [role] });
    former.node.defaultChild!.node.addDependency(next.node.defaultChild!);
    this.policies.push(next);
    this.held = [];
    this.characters = FRAME;
  }
}
