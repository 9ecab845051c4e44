import * as fs from 'fs';
import { App, Stack } from 'aws-cdk-lib';
import { Certificate, type ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { type IVpc, Vpc } from 'aws-cdk-lib/aws-ec2';

/** What stands before the service comes, the same for every one that is compared, and no resource of its stack. */
export interface Surroundings {
  readonly vpc: IVpc;
  readonly certificate: ICertificate;
}

export const REGION = 'eu-central-1';
export const IMAGE = 'public.ecr.aws/nginx/nginx-unprivileged:1.29';
const FLAGS = JSON.parse(fs.readFileSync(require.resolve('aws-cdk-lib/recommended-feature-flags.json'), 'utf8')) as { [flag: string]: unknown };

/** The app of one service. With the argument `warm` it is synthesized twice, and what the second time took is printed, in milliseconds. */
export function serviceApp(addService: (stack: Stack, surroundings: Surroundings) => void): void {
  const build = () => {
    const app = new App({ context: FLAGS, analyticsReporting: false });
    const stack = new Stack(app, 'Service', { env: { account: '111111111111', region: REGION } });
    addService(stack, surroundingsIn(stack));
    return app;
  };
  if (process.argv[2] !== 'warm') {
    build();
    return;
  }
  build().synth();
  const start = performance.now();
  build().synth();
  console.log(performance.now() - start);
}

function surroundingsIn(stack: Stack): Surroundings {
  return {
    vpc: Vpc.fromVpcAttributes(stack, 'Vpc', {
      vpcId: 'vpc-0123456789abcdef0',
      vpcCidrBlock: '10.0.0.0/16',
      availabilityZones: ['a', 'b', 'c'].map((zone) => `${REGION}${zone}`),
      publicSubnetIds: ['subnet-0000000000000000a', 'subnet-0000000000000000b', 'subnet-0000000000000000c'],
      publicSubnetRouteTableIds: ['rtb-0000000000000000a', 'rtb-0000000000000000b', 'rtb-0000000000000000c'],
      privateSubnetIds: ['subnet-0000000000000001a', 'subnet-0000000000000001b', 'subnet-0000000000000001c'],
      privateSubnetRouteTableIds: ['rtb-0000000000000001a', 'rtb-0000000000000001b', 'rtb-0000000000000001c'],
    }),
    certificate: Certificate.fromCertificateArn(stack, 'Certificate', `arn:aws:acm:${REGION}:111111111111:certificate/11111111-2222-3333-4444-555555555555`),
  };
}
