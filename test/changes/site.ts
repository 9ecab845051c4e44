import * as fs from 'node:fs';
import { App, Stack, type StackProps, Stage, Tags } from 'aws-cdk-lib';
import { Certificate, type ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Construct } from 'constructs';
import {
  AlertChannel, AlertRouting, Egress, EnvironmentProfile, HardenedPostgres, ImageRepository, ProductionWebService,
  SecureLoadBalancer, SecureVpc, type SecureVpcProps, ServiceImage,
} from '../../src';
import { ENV, FLAGS } from '../fixtures/test-stack';
import type { Template } from '../simulators/cloudformation/template';

/** What stands around a subject, and changes without a prop of its own. */
export interface Surroundings {
  /** Value of a tag on the app. */
  readonly tag?: string;
  /** Id of a Stage around all stacks. */
  readonly stage?: string;
  /** Id of a construct between the stack and the subject. */
  readonly above?: string;
  /** Ending of all stack names. */
  readonly suffix?: string;
  /** Availability Zones of the network. */
  readonly zones?: number;
  readonly egress?: () => Egress;
  /**
   * Puts the network into a stack of its own. References to it are exports, weak ones, which the newest apps have, or
   * weak ones beside exports that nobody uses.
   * @default - the network is in the stack of the subject
   */
  readonly networkApart?: 'strong' | 'both' | 'weak';
  /** Other props of the network. */
  readonly network?: (site: Site) => Partial<SecureVpcProps>;
  readonly profile?: () => EnvironmentProfile;
  /** Number of subjects; those after the first are called Second. */
  readonly copies?: number;
}

/** One template that an app deploys, with where it goes. */
export interface Deployable {
  readonly stack: string;
  readonly region: string;
  readonly template: Template;
}

const CONTEXT = {
  ...FLAGS,
  // Warnings of synthesis are of no concern here.
  '@aws-cdk/core:annotationsInValidationReport': false,
  'aws:cdk:disable-asset-staging': true,
  'aws:cdk:asset-staging': false,
};

/** App in which a subject stands, with whatever its props ask for. Each part is made when it is first asked for. */
export class Site {
  /** Stack of the subject and of the parts that it uses. */
  public readonly stack: Stack;
  /** Scope of the subject. */
  public readonly scope: Construct;
  private readonly app: App;
  /** Scope of stacks. */
  public readonly stacks: Construct;
  private readonly parts = new Map<string, unknown>();

  public constructor(public readonly surroundings: Surroundings = {}) {
    const { stage, tag, suffix = '', above, profile, networkApart } = surroundings;
    const context = { ...CONTEXT, ...networkApart && { '@aws-cdk/core:defaultCrossStackReferences': networkApart } };
    this.app = new App({ context, analyticsReporting: false, treeMetadata: false });
    this.stacks = stage ? new Stage(this.app, stage) : this.app;
    this.stack = new Stack(this.stacks, 'Test', { env: ENV, stackName: `Test${suffix}`, suppressTemplateIndentation: true });
    this.scope = above ? new Construct(this.stack, above) : this.stack;
    profile?.().applyTo(this.app);
    if (tag) {
      Tags.of(this.app).add('team', tag);
    }
  }

  public get network(): SecureVpc {
    const { zones, egress, network, networkApart } = this.surroundings;
    return this.part('Network', (scope, id) => new SecureVpc(networkApart ? this.otherStack('Below') : scope, id, {
      availabilityZoneCount: zones, egress: egress?.(), ...network?.(this),
    }));
  }

  public get certificate(): ICertificate {
    return this.certificateOf('Certificate');
  }

  public get otherCertificate(): ICertificate {
    return this.certificateOf('OtherCertificate');
  }

  /** Imported certificate. Its name is its id. */
  public certificateOf(name: string): ICertificate {
    return this.part(name, (scope) => Certificate.fromCertificateArn(scope, name, `arn:aws:acm:${ENV.region}:${ENV.account}:certificate/${name}`));
  }

  public get loadBalancer(): SecureLoadBalancer {
    return this.part('Balancer', (scope, id) => new SecureLoadBalancer(scope, id, {
      network: this.network, certificate: this.certificate,
    }));
  }

  /** Service with a database, for subjects that are about one. */
  public get service(): ProductionWebService {
    return this.part('Web', (scope, id) => new ProductionWebService(scope, id, {
      network: this.network, loadBalancer: this.loadBalancer, image: ServiceImage.released(this.images), backingServices: [this.database],
    }));
  }

  public get database(): HardenedPostgres {
    return this.part('Database', (scope, id) => new HardenedPostgres(scope, id, { network: this.network }));
  }

  /** Repository in a stack before. */
  public get images(): ImageRepository {
    return this.part('Images', (_, id) => new ImageRepository(this.otherStack('Registry'), id));
  }

  /** Routing that somebody hears. */
  public get alertRouting(): AlertRouting {
    const everybody = [AlertChannel.email('ops@example.com')];
    return this.part('Alerts', (scope, id) => new AlertRouting(scope, id, {
      onCritical: everybody, onError: everybody, onWarning: everybody,
    }));
  }

  /** Another stack of the app, which the subject's stack may refer to. */
  public otherStack(id: string, props: StackProps = {}): Stack {
    return this.part(`${id} stack`, () => new Stack(this.stacks, id, { env: ENV, stackName: `${id}${this.surroundings.suffix ?? ''}`, ...props }));
  }

  /** A part of a name, made once. */
  public part<T>(id: string, make: (scope: Construct, id: string) => T): T {
    if (!this.parts.has(id)) {
      this.parts.set(id, make(this.stack, id));
    }
    return this.parts.get(id) as T;
  }


  /** Templates of all stacks, in the order in which they are deployed. They are not validated: every other test does that. */
  public synthesized(): Deployable[] {
    const { CDK_VALIDATION: before } = process.env;
    process.env.CDK_VALIDATION = 'false';
    const assembly = this.app.synth();
    Object.assign(process.env, { CDK_VALIDATION: before });
    if (before === undefined) {
      delete process.env.CDK_VALIDATION;
    }
    try {
      return assembly.stacksRecursively.map(({ stackName, environment, template }) => ({
        stack: stackName, region: environment.region, template: template as Template,
      }));
    } finally {
      fs.rmSync(assembly.directory, { recursive: true, force: true });
    }
  }
}
