import {
  CpuArchitecture,
  FargateTaskDefinition,
  type FargateTaskDefinitionProps,
  OperatingSystemFamily,
} from 'aws-cdk-lib/aws-ecs';
import type { Construct } from 'constructs';
import { acknowledge } from '../../compliance/acknowledge';
import type { TaskSettings } from './task-settings';

/** Props that each task definition of a service has of its own. */
type OwnProps = Required<Pick<FargateTaskDefinitionProps, 'family' | 'executionRole' | 'taskRole'>> &
  Pick<FargateTaskDefinitionProps, 'ephemeralStorageGiB'>;

/** Task definition on Linux, of the size and the processor of a service. */
export function fargateDefinition(
  scope: Construct,
  { cpu, memoryMiB, arm64 }: Pick<TaskSettings, 'cpu' | 'memoryMiB' | 'arm64'>,
  own: OwnProps,
): FargateTaskDefinition {
  const definition = new FargateTaskDefinition(scope, 'Definition', {
    ...own,
    cpu,
    memoryLimitMiB: memoryMiB,
    runtimePlatform: {
      cpuArchitecture: arm64 ? CpuArchitecture.ARM64 : CpuArchitecture.X86_64,
      operatingSystemFamily: OperatingSystemFamily.LINUX,
    },
  });
  acknowledge(
    definition,
    'AwsSolutions-ECS2',
    'Plain environment variables hold names, ports and hosts; secrets are injected by ARN.',
  );
  return definition;
}
