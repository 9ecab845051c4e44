import { App, Duration, Stack } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { FilterPattern } from 'aws-cdk-lib/aws-logs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import {
  AlertChannel, AlertRouting, BackupPolicy, BlueGreenPipeline, DeployStage, EnvironmentProfile, GoldenSignalAlarms, HardenedPostgres, ImageBuild, ImageRepository, LogMetric,
  Migration, OperationsDashboard, PathLimit, PipelineSource, ProductionWebService, RecoveryRegion, Rollout, Route, SavedQueries, SecureLoadBalancer, SecureVpc, ServiceImage,
  ServiceObjective, ServiceSecret, SmokeTest, TlsPolicy, Tracing, WebFirewall,
} from '@org/prod-constructs';

const app = new App();
const setting = (name: string): string => app.node.getContext(name) as string;
const env = { account: setting('account'), region: 'eu-central-1' };

// Deployed first: images exist before services do.
const registry = new Stack(app, 'shop-registry', { env });
const apiImages = new ImageRepository(registry, 'Api');
const webImages = new ImageRepository(registry, 'Web');
const recoveryRegion = new RecoveryRegion(app, 'shop-recovery', { account: env.account, region: 'eu-west-1' });

/** Staging is production but for its size, which its profile says (requirement A-10). */
function environment(profile: EnvironmentProfile, alerts: (stack: Stack) => AlertRouting) {
  const stackFor = (part: string): Stack => {
    const made = new Stack(app, `shop-${profile.name}${part}`, { env });
    profile.applyTo(made);
    return made;
  };
  const stack = stackFor('');
  const network = new SecureVpc(stackFor('-network'), 'Network');
  // Alone: a major upgrade must not be rolled back with something else.
  const database = new HardenedPostgres(stackFor('-data'), 'Database', {
    network,
    backup: BackupPolicy.daily({ window: '02:00-03:00', recoveryRegion }),
  });
  const balancer = new SecureLoadBalancer(stack, 'Balancer', {
    network,
    certificate: Certificate.fromCertificateArn(stack, 'Certificate', setting('certificateArn')),
    httpRedirect: false,
    tlsPolicy: TlsPolicy.TLS_1_3,
    firewall: new WebFirewall(stack, 'Firewall', { requestsPerMinute: 100, pathLimits: [PathLimit.of('/api/auth/login', { requestsPerMinute: 10 })] }),
    responseHeaders: { contentSecurityPolicy: "default-src 'self'", cors: { allowOrigins: ['https://app.example.com'] } },
  });

  const shared = {
    network,
    loadBalancer: balancer,
    // Green is verified for two minutes before the switch; blue is kept for 30 (requirement A-11).
    smokeTest: SmokeTest.http('/health', { verifyFor: Duration.minutes(2) }),
    rollout: Rollout.blueGreen({ bakeTime: Duration.minutes(30) }),
    tracing: Tracing.xray(),
  };
  const api = new ProductionWebService(stack, 'Api', {
    ...shared,
    image: ServiceImage.released(apiImages, profile.name),
    route: Route.path('/api/*'),
    port: 4000,
    backingServices: [database],
    secrets: [ServiceSecret.generated('JWT_SECRET'), ServiceSecret.placeholder('PAYMENT_API_KEY')],
    environment: { NODE_ENV: 'production' },
    logGroupName: `/ecs/${profile.name}/api`,
  });
  const web = new ProductionWebService(stack, 'Web', {
    ...shared,
    image: ServiceImage.released(webImages, profile.name),
    port: 3000,
    environment: { NODE_ENV: 'production' },
    logGroupName: `/ecs/${profile.name}/web`,
  });

  const routing = alerts(stack);
  const signals = new GoldenSignalAlarms(stack, 'Signals', {
    services: [api, web], databases: [database], alertRouting: routing, objectives: [ServiceObjective.availability(99.9)], dashboard: false,
  });
  const count = (id: string, event: string) => new LogMetric(stack, id, { logGroup: api.logGroup, pattern: FilterPattern.stringValue('$.event', '=', event) }).metric();
  new OperationsDashboard(stack, 'Dashboard', { signals, business: [count('ItemsCreated', 'item.created'), count('DuplicatesDetected', 'item.duplicate')] });
  new SavedQueries(stack, 'Queries', { services: [api, web], databases: [database] });
  // Nothing is released onto a database that is in trouble already.
  const gate = ['database-connections-share', 'database-transaction-age'].map((key) => signals.alarmFor(key, database).alarmName);
  return { api, web, database, routing, gate };
}

// Slack and PagerDuty are production's (requirement A-22); staging writes to the team.
const slack = (channel: string) => AlertChannel.slack({ workspaceId: setting('slackWorkspaceId'), channelId: setting(channel) });
const team = AlertChannel.email('team@example.com');
const staging = environment(EnvironmentProfile.staging(), (stack) => new AlertRouting(stack, 'Alerts', { onCritical: [team], onError: [team], onWarning: [team] }));
const production = environment(EnvironmentProfile.production(), (stack) => new AlertRouting(stack, 'Alerts', {
  onCritical: [AlertChannel.pagerDuty(Secret.fromSecretCompleteArn(stack, 'PagerDuty', setting('pagerDutySecretArn')))],
  onError: [slack('slackAlertsChannelId'), AlertChannel.email('ops@example.com')],
  onWarning: [slack('slackAlertsChannelId')],
  onDeployment: [slack('slackDeploymentsChannelId')],
}));

const migrate = ({ api }: ReturnType<typeof environment>) => Migration.command(api, ['npm', 'run', 'migration:run'], {
  plan: ['npm', 'run', 'migration:plan'],
  planInternetAccess: { reason: 'The image comes through the NAT gateways, and the sources are reviewed before the push.' },
});
new BlueGreenPipeline(new Stack(app, 'shop-delivery', { env }), 'Delivery', {
  source: PipelineSource.codeConnection({ connectionArn: setting('connectionArn'), repository: 'org/shop', branch: 'main' }),
  images: [ImageBuild.docker({ repository: apiImages, directory: 'api' }), ImageBuild.docker({ repository: webImages, directory: 'web' })],
  stages: [
    DeployStage.staging({ services: [staging.api, staging.web], migrations: [migrate(staging)], gateAlarmNames: staging.gate }),
    DeployStage.production({
      services: [production.api, production.web], migrations: [migrate(production)], snapshot: production.database, gateAlarmNames: production.gate,
    }),
  ],
  alertRouting: production.routing,
});
