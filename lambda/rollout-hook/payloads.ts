/**
 * Payloads as the developer guide of ECS documents them, for a deployment of the service `web` from revision 1 to 2.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/lambda-lifecycle-hooks.html
 */
const ARN = 'arn:aws:ecs:eu-central-1:111111111111';
export const SERVICE = `${ARN}:service/shop/web`;
export const DEPLOYMENT = `${ARN}:service-deployment/shop/web/abcDEF123`;
export const BLUE = `${ARN}:service-revision/shop/web/1000000000000000001`;
export const GREEN = `${ARN}:service-revision/shop/web/2000000000000000002`;

/** Payload before a shift, while the new version has `weight` percent. */
export function beforeShift(weight: number, hookDetails?: unknown) {
  return {
    executionId: '3b1c1f5e-0000-4000-8000-000000000000',
    lifecycleStage: 'PRE_PRODUCTION_TRAFFIC_SHIFT',
    resourceArn: DEPLOYMENT,
    executionDetails: {
      serviceArn: SERVICE,
      targetServiceRevisionArn: GREEN,
      testTrafficWeights: {},
      productionTrafficWeights: { [GREEN]: weight, [BLUE]: 100 - weight } as { [revision: string]: number },
    },
    ...(hookDetails !== undefined && { hookDetails }),
  };
}
