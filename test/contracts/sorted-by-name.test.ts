import type { App } from 'aws-cdk-lib';
import { FilterPattern } from 'aws-cdk-lib/aws-logs';
import {
  DeployStage, DistinctCount, HardenedPostgres, ImageBuild, LogMetric, Migration, PipelineChecks, SecureVpc, ServiceImage, Sidecar,
} from '../../src';
import { pipelineOf, shop } from '../fixtures/delivery-stages';
import { testApp, testStack } from '../fixtures/test-stack';
import { serviceFixture } from '../fixtures/web-service';

type Ordered = <T>(map: { [name: string]: T }) => { [name: string]: T };

const asWritten: Ordered = (map) => map;
const backwards: Ordered = (map) => Object.fromEntries(Object.entries(map).reverse());

/** Templates as they are written, and not as what they mean. */
const textOf = (app: App): string => JSON.stringify(app.synth().stacks.map(({ template }) => template as object));

const APPS: { [what: string]: (ordered: Ordered) => App } = {
  'variables of a service': (ordered) => serviceFixture({ environment: ordered({ ONE: '1', TWO: '2' }) }).app,
  'variables of a sidecar': (ordered) => serviceFixture(({ images }) => ({
    sidecars: [Sidecar.of('cache', { image: ServiceImage.fromRepository(images, { tag: '7.0.0' }), environment: ordered({ ONE: '1', TWO: '2' }) })],
  })).app,
  'parameters of a database': (ordered) => {
    const app = testApp();
    const stack = testStack({ app });
    new HardenedPostgres(stack, 'Database', { network: new SecureVpc(stack, 'Network'), parameters: ordered({ work_mem: '8192', random_page_cost: '1.1' }) });
    return app;
  },
  'dimensions of a metric, and conditions of a count': (ordered) => {
    const { app, stack, web } = serviceFixture();
    new LogMetric(stack, 'Metric', {
      logGroup: web.logGroup, pattern: FilterPattern.all(FilterPattern.exists('$.tenant'), FilterPattern.exists('$.plan')), dimensions: ordered({ Tenant: '$.tenant', Plan: '$.plan' }),
    });
    new DistinctCount(stack, 'Count', { logGroups: [web.logGroup], field: '$.user', where: ordered({ '$.event': ['seen'], '$.area': ['shop'] }) });
    return app;
  },
  'build arguments, runtimes, and variables of a migration': (ordered) => {
    const fixture = shop();
    const { apiImages, webImages, production: { api, web } } = fixture;
    pipelineOf(fixture, {
      images: [ImageBuild.docker({ repository: apiImages, directory: 'api', buildArguments: ordered({ ONE: '1', TWO: '2' }) }), ImageBuild.docker({ repository: webImages, directory: 'web' })],
      checks: PipelineChecks.commands({ lint: ['make lint'], unit: ['make unit'], integration: ['make integration'], runtimes: ordered({ nodejs: '22', python: '3.13' }) }),
      stages: [DeployStage.production({
        services: [api, web],
        migration: Migration.command(api, ['migrate'], { plan: ['plan'], verify: ['verify'], environment: ordered({ ONE: '1', TWO: '2' }) }),
      })],
    });
    return fixture.app;
  },
};

describe('A template is the same whatever order a language gives a map (a Map.of of Java has another in each run)', () => {
  test.each(Object.entries(APPS))('%s', (_what, appOf) => {
    expect(textOf(appOf(backwards))).toBe(textOf(appOf(asWritten)));
  });
});
