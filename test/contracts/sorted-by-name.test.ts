import { type App, Lazy, Token } from 'aws-cdk-lib';
import { FilterPattern } from 'aws-cdk-lib/aws-logs';
import {
  DeployStage, DistinctCount, HardenedPostgres, ImageBuild, LogMetric, Migration, PipelineChecks, SecureVpc, ServiceImage, Sidecar,
} from '../../src';
import { sortedByName } from '../../src/contracts/sorted-by-name';
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
        migrations: [Migration.command(api, ['migrate'], {
          plan: ['plan'], planInternetAccess: { reason: 'The image comes through NAT.' }, verify: ['verify'], environment: ordered({ ONE: '1', TWO: '2' }),
        })],
      })],
    });
    return fixture.app;
  },
};

describe('A template does not depend on the order of a map, which differs in each run of Java', () => {
  // CDK sorts the resources of a statement by the numbers of their tokens, as text: 9999 comes after 10000. From here on all have six digits.
  beforeAll(() => {
    while (Number(/TOKEN\.(\d+)/.exec(Token.asString(Lazy.any({ produce: () => undefined })))![1]) < 100_000);
  });

  test.each(Object.entries(APPS))('in %s', (_what, appOf) => {
    expect(textOf(appOf(backwards))).toBe(textOf(appOf(asWritten)));
  });
});

describe('A sorted map', () => {
  test('has its names in order, whatever order they were given in', () => {
    expect(Object.keys(sortedByName({ b: 1, a: 2, C: 3 }))).toEqual(['C', 'a', 'b']);
  });

  test('keeps names that every object has as members, because they are data', () => {
    const given = JSON.parse('{ "toString": "3", "constructor": "2", "__proto__": "1" }') as { [name: string]: string };

    expect(Object.entries(sortedByName(given))).toEqual([['__proto__', '1'], ['constructor', '2'], ['toString', '3']]);
  });

  test('is empty where no map is given', () => {
    expect(sortedByName(undefined)).toEqual({});
  });
});
