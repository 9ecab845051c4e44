import { CfnCondition, CfnOutput, CfnParameter, Fn, Stack, Token } from 'aws-cdk-lib';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import type { Construct } from 'constructs';
import { type IImageRepository, ImageRepository } from '../../registry';
import { NOTHING_RELEASED } from '../../registry/released-image';
import { checkInReach } from '../../validation/objects-in-reach';
import { PropError } from '../../validation/prop-error';
import type { ResolvedImage } from './resolved-image';

/** Resolves the image whose tag the parameter of a track names. */
export function resolveReleased(
  scope: Construct,
  prop: string,
  repository: IImageRepository,
  track: string,
): ResolvedImage {
  checkInReach(scope, prop, repository, 'image');
  if (repository instanceof ImageRepository && Stack.of(repository) === Stack.of(scope)) {
    throw new PropError(scope, {
      prop,
      problem:
        `is a released image of ${repository.node.path} in the same stack: ` +
        'CloudFormation reads the released tag before it creates resources',
      fix: 'create the ImageRepository in a separate stack, or declare the image with ServiceImage.fromRepository',
    });
  }
  const parameterName = repository.releasedImageParameterName(track);
  const parameter = new CfnParameter(scope, releasedImageId(parameterName), {
    type: 'AWS::SSM::Parameter::Value<String>',
    default: parameterName,
    description: `Tag of the image released on the track ${track}; ${NOTHING_RELEASED} before the first release`,
  });
  const nothingReleased = new CfnCondition(scope, 'NothingReleased', {
    expression: Fn.conditionEquals(parameter.valueAsString, NOTHING_RELEASED),
  });
  if (Stack.of(repository) !== Stack.of(scope)) {
    Stack.of(scope).addStackDependency(Stack.of(repository), `${scope.node.path} reads the released image`);
  }
  createTagOutput(scope, parameterName);
  return {
    image: ContainerImage.fromEcrRepository(repository.repository, parameter.valueAsString),
    repository: repository.repository,
    nothingReleased,
    releasedParameterName: parameterName,
  };
}

/**
 * Id of the template's parameter. It has the name of the SSM parameter in it, because `cdk deploy` keeps the value of
 * a template's parameter that the stack has already: under the same id another name would never arrive.
 */
function releasedImageId(parameterName: string): string {
  return Token.isUnresolved(parameterName) ? 'ReleasedImage' : `ReleasedImage${parameterName}`;
}

/** Output that tells, after a deployment, what waits for a release. */
function createTagOutput(scope: Construct, parameterName: string): void {
  new CfnOutput(scope, 'ReleasedTag', {
    value: `aws ssm get-parameter --name ${parameterName} --query Parameter.Value --output text`,
    description: 'Tag that runs. What cdk deploy changes in tasks goes live with the next release',
  });
}
