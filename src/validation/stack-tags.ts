import { Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { whenComplete } from './when-complete';

/** Properties of {@link checkStackTags}. */
interface StackTagsCheckProps {
  /** Id of the finding. */
  readonly id: string;
  /** Effect of a changed tag, as a predicate of CloudFormation: `writes "none" into the parameters`. */
  readonly effect: string;
  /** True for an error, which stops the synthesis. False for a warning. */
  readonly production: boolean;
}

/**
 * Reports stack-level tags on the stack of a construct that something else edits after its creation.
 *
 * CloudFormation adds stack-level tags to every resource, also to those whose template has no tags. A changed tag
 * updates all of them, and resets what AWS or a release has edited since. Without the flag
 * `@aws-cdk/core:explicitStackTags`, tags of `Tags.of(app)` are stack-level tags, too.
 */
export function checkStackTags(construct: IConstruct, { id, effect, production }: StackTagsCheckProps): void {
  whenComplete(construct, () => {
    if (!Stack.of(construct).tags.hasTags()) {
      return;
    }
    const message =
      `This stack has stack-level tags. When one of them changes, CloudFormation ${effect}. Set the flag ` +
      '@aws-cdk/core:explicitStackTags, remove the prop tags of the stack, and use Tags.of(...), which omits what ' +
      'must not change.';
    const validations = Validations.of(construct);
    if (production) {
      validations.addError(`@org/prod-constructs:${id}`, message);
    } else {
      validations.addWarning(`@org/prod-constructs:${id}`, message);
    }
  });
}
