import { Duration } from 'aws-cdk-lib';
import { type Connections, InterfaceVpcEndpointAwsService, Port } from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { sortedByName } from '../../contracts/sorted-by-name';
import type { EnvironmentProfile } from '../../environment';
import type { ISecureVpc } from '../../network';
import { PropError } from '../../validation/prop-error';
import { SESSION_PATH_MIB, SESSION_PATHS } from '../cluster/ecs-exec';
import { PORT_NAME } from '../cluster/service-connect';
import type { TaskContainer } from '../container/task-container';
import type { ResolvedImage } from '../image/service-image';
import type { TracingParts } from '../tracing/tracing-config';
import type { ServiceTaskProps } from './service-task-props';
import { WebTask } from './task-definition';
import { checkTogether, containerOf } from './validate-task';

/** What the service knows of its task besides what it was told. */
export interface ServiceTaskContext {
  /** Of the application's container. */
  readonly image: ResolvedImage;
  /** Its name becomes the environment of the traces; it answers for the log and the secrets. */
  readonly profile: EnvironmentProfile;
  /** TCP port on which the application listens, 1 to 65535. */
  readonly port: number;
  /** Units of 1/1024 vCPU, a size of Fargate. */
  readonly cpu: number;
  /** Of the whole task, sidecars and writable paths included. */
  readonly memoryMiB: number;
  /** Without it images come from private ECR, and AWS is reached by endpoints. */
  readonly reachesInternet: boolean;
  /**
   * Run inside the container, beside the load balancer's own check.
   * @default - the load balancer's check alone
   */
  readonly healthCommand?: string[];
  /**
   * Physical name, where a document fixes it.
   * @default - one that CloudFormation makes up
   */
  readonly logGroupName?: string;
}

/** Puts a service's task together: defaults, sidecars, tracing, and what of AWS they have to reach. */
export class ServiceTask {
  public readonly task: WebTask;
  private readonly tracing?: TracingParts;

  public constructor(
    private readonly service: Construct,
    private readonly props: ServiceTaskProps,
    private readonly context: ServiceTaskContext,
  ) {
    this.tracing = this.traced();
    const containers = [...(this.tracing?.containers ?? []), ...(props.sidecars ?? []).map(containerOf)];
    const [paths, mebibytes] = [props.writablePaths ?? ['/tmp'], props.writableMiB ?? 64];
    checkTogether(service, containers, { paths, writableMiB: mebibytes, memoryMiB: context.memoryMiB });
    const { image, profile, port, cpu, memoryMiB, healthCommand, logGroupName } = context;
    this.task = new WebTask(service, 'Task', {
      image,
      profile,
      port,
      portName: props.discoverableAs === undefined ? undefined : PORT_NAME,
      cpu,
      memoryMiB,
      arm64: props.arm64 ?? false,
      user: props.user ?? '1000:1000',
      writable: [
        { paths, mebibytes },
        ...(props.ecsExec ? [{ paths: SESSION_PATHS, mebibytes: SESSION_PATH_MIB }] : []),
      ],
      stopTimeout: props.stopTimeout ?? Duration.seconds(30),
      environment: sortedByName(props.environment),
      secrets: props.secrets ?? [],
      beside: containers.map((container) => ({ container, image: this.imageOf(container) })),
      tracing: this.tracing,
      command: props.command,
      healthCommand,
      logGroupName,
    });
  }

  /** Opens what the tasks need besides pulling and logging, and adds only those endpoints (requirement B-14). */
  public reach(network: ISecureVpc, client: Connections): void {
    const { secrets } = this.task;
    const path = this.service.node.path;
    const needs: Array<[InterfaceVpcEndpointAwsService[], string]> = [
      [secrets.usesSecretsManager ? [InterfaceVpcEndpointAwsService.SECRETS_MANAGER] : [], `the secrets of ${path}`],
      [secrets.usesParameterStore ? [InterfaceVpcEndpointAwsService.SSM] : [], `the parameters of ${path}`],
      [this.tracing?.awsServices ?? [], `the traces of ${path}`],
      [
        this.props.ecsExec ? [InterfaceVpcEndpointAwsService.SSM_MESSAGES, InterfaceVpcEndpointAwsService.KMS] : [],
        `the sessions of ${path}`,
      ],
    ];
    needs
      .filter(([services]) => services.length > 0 && !network.reachesInternet)
      .forEach(([services, purpose]) => network.allowToAwsServices({ client, services, purpose }));
    this.tracing?.flows.forEach(({ peer, port }) => client.allowTo(peer, Port.tcp(port), `Traces of ${path}`));
  }

  private traced(): TracingParts | undefined {
    const { profile, image, reachesInternet } = this.context;
    const { tracing } = this.props;
    return tracing?._parts(this.service, {
      name: this.service.node.id.toLowerCase(),
      environment: profile.name,
      version: image.version,
      reachesInternet,
    });
  }

  private imageOf({ image, imageProp, name }: TaskContainer): ResolvedImage {
    if (image._released || image._moving !== undefined) {
      throw new PropError(this.service, {
        prop: imageProp,
        value: image._moving ?? 'a released image',
        expected: `an image of ${name} that never moves: with a tag or a digest that stays, in every environment`,
        fix: "name the version: ServiceImage.fromRegistry('public.ecr.aws/nginx/nginx:1.29')",
      });
    }
    const resolved = image._resolve(new Construct(this.service, `Image-${name}`), true, this.props.arm64 ?? false);
    if (!this.context.reachesInternet && !resolved.repository) {
      throw new PropError(this.service, {
        prop: imageProp,
        value: `a public image of ${name}`,
        expected:
          'an image of private ECR: the network has endpoints only, and public registries, public.ecr.aws among them, have none',
        fix: 'copy it to an ImageRepository and name that: ServiceImage.fromRepository(mirror, { tag })',
      });
    }
    return resolved;
  }
}
