import { type IAspect, Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * Warns where a stack that holds released images has tags of its own: CloudFormation hands them to every resource, and a changed tag is an
 * update of the parameter, which puts back the template's value.
 */
export class StackTagsWarning implements IAspect {
  public constructor(private readonly repository: IConstruct) {}

  public visit(node: IConstruct): void {
    if (node === this.repository && Stack.of(node).tags.hasTags()) {
      Validations.of(node).addWarning(
        '@org/prod-constructs:stackTagsResetReleasedImages',
        'This stack has stack-level tags. When one of them changes, CloudFormation writes "none" into the parameters of released images. ' +
          'Set the flag @aws-cdk/core:explicitStackTags, which gives tags to resources and leaves these parameters out, or never change the tags after the first release.',
      );
    }
  }
}
