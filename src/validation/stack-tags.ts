import { type IAspect, Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * Warning about stack-level tags on a stack that holds released images.
 *
 * CloudFormation adds them to every resource. A changed tag updates the parameters, and resets their values to those of
 * the template.
 */
export class StackTagsWarning implements IAspect {
  public constructor(private readonly repository: IConstruct) {}

  public visit(node: IConstruct): void {
    if (node === this.repository && Stack.of(node).tags.hasTags()) {
      Validations.of(node).addWarning(
        '@org/prod-constructs:stackTagsResetReleasedImages',
        'This stack has stack-level tags. When one of them changes, CloudFormation writes "none" into the parameters ' +
          'of released images. Set the flag @aws-cdk/core:explicitStackTags, which gives tags to resources and omits ' +
          'these parameters, or never change the tags after the first release.',
      );
    }
  }
}
