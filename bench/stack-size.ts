/* A production stack with services of document A's kind, whose template is measured (bench/run-stack-size.ts, test/bench/stack-size.test.ts). */
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { App, Stack } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  AlertChannel, AlertRouting, GoldenSignalAlarms, HardenedPostgres, ImageRepository, ProductionWebService, Route, SecureLoadBalancer, SecureVpc, ServiceImage,
  ServiceObjective, ServiceSecret, SmokeTest, Tracing,
} from '../src';

/** What stands in the stack, besides a load balancer with its firewall. */
export interface Content {
  /** One to four. */
  readonly services: number;
  readonly database?: boolean;
  /** Alarms, dashboard, queries and announcements of deployments, with the topics that they go to. */
  readonly signals?: boolean;
  /** The network, too. Otherwise it stands in a stack of its own. */
  readonly network?: boolean;
}

/** What a template comes to. */
export interface Size {
  readonly resources: number;
  /** Bytes as CDK writes them by default. */
  readonly indented: number;
  /** Bytes with {@link COMPACT}. */
  readonly compact: number;
}

/** Context that makes CDK write templates without indentation. */
export const COMPACT = '@aws-cdk/core:suppressTemplateIndentation';
const ENV = { account: '111111111111', region: 'eu-central-1' };
const NAMES = ['Web', 'Api', 'Admin', 'Jobs'];
/** Templates are made to be measured: nobody validates them, and some are larger than a stack may be. */
const UNCHECKED = { '@aws-cdk/core:validateAgainstDefaultRules': false, '@aws-cdk/core:stackResourceLimit': 0 };

/** Size of the stack's template, with the feature flags of an app. */
export function sizeOf(content: Content, flags: { [flag: string]: unknown }): Size {
  const [indented, compact] = [false, true].map((suppressed) => synthesized(content, { ...flags, [COMPACT]: suppressed }));
  const { Resources } = JSON.parse(compact.toString()) as { Resources: object };
  return { resources: Object.keys(Resources).length, indented: indented.length, compact: compact.length };
}

function synthesized(content: Content, context: { [key: string]: unknown }): Buffer {
  const outdir = fs.mkdtempSync(path.join(os.tmpdir(), 'stack-size-'));
  try {
    const app = new App({ outdir, context: { ...context, ...UNCHECKED }, analyticsReporting: false });
    const images = new ImageRepository(new Stack(app, 'shop-registry', { env: ENV }), 'Images');
    const network = new SecureVpc(content.network ? stackOf(app) : new Stack(app, 'shop-network', { env: ENV }), 'Network');
    fill(stackOf(app), content, network, images);
    return fs.readFileSync(app.synth().getStackByName('shop-production').templateFullPath);
  } finally {
    fs.rmSync(outdir, { recursive: true });
  }
}

function stackOf(app: App): Stack {
  return (app.node.tryFindChild('shop-production') as Stack | undefined) ?? new Stack(app, 'shop-production', { env: ENV });
}

function fill(stack: Stack, content: Content, network: SecureVpc, images: ImageRepository): void {
  const certificateArn = `arn:aws:acm:${ENV.region}:${ENV.account}:certificate/11111111-2222-3333-4444-555555555555`;
  const loadBalancer = new SecureLoadBalancer(stack, 'Balancer', { network, certificate: Certificate.fromCertificateArn(stack, 'Certificate', certificateArn) });
  const databases = content.database ? [new HardenedPostgres(stack, 'Database', { network })] : [];
  const services = NAMES.slice(0, content.services).map((name, index) => new ProductionWebService(stack, name, {
    network,
    loadBalancer,
    image: ServiceImage.released(images),
    route: index === 0 ? undefined : Route.path(`/${name.toLowerCase()}/*`),
    backingServices: databases,
    secrets: [ServiceSecret.generated('SESSION_SECRET')],
    environment: { NODE_ENV: 'production' },
    smokeTest: SmokeTest.http('/health'),
    tracing: Tracing.xray(),
  }));
  if (content.signals) {
    const team = AlertChannel.email('team@example.com');
    const alertRouting = new AlertRouting(stack, 'Alerts', { onCritical: [team], onError: [team], onWarning: [team] });
    new GoldenSignalAlarms(stack, 'Signals', { services, databases, alertRouting, objectives: [ServiceObjective.availability(99.9)] });
  }
}
