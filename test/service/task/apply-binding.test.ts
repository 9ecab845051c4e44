import type { Construct } from 'constructs';
import { HardenedPostgres, type IBackingService, type ISecureVpc, type ProductionWebServiceProps, SecureVpc, ServiceSecret } from '../../../src';
import { containersOf, variablesOf } from '../../fixtures/task-definition';
import { refusal, templateOf } from '../../fixtures/test-stack';
import { serviceFixture } from '../../fixtures/web-service';

/** A backing service that has variables without secrets. */
const queue = (name: string): IBackingService => ({ bind: () => ({ environment: { QUEUE_URL: name }, secrets: [] }) });

/** Names of what two databases never share. */
const OTHER_NAMES = { host: 'R_HOST', userName: 'R_USER', password: 'R_PASSWORD' };

function withServices(backing: (scope: Construct, network: ISecureVpc) => Partial<ProductionWebServiceProps>) {
  return serviceFixture(({ stack }) => {
    const network = new SecureVpc(stack, 'WithData');
    return { network, ...backing(stack, network) };
  });
}

describe('The variables of backing services', () => {
  test('are refused where two databases have the same, with the prop that renames them (E-04)', () => {
    expect(refusal(() => withServices((scope, network) => ({
      backingServices: ['Orders', 'Reports'].map((id) => new HardenedPostgres(scope, id, { network })),
    })))).toBe(
      "ProductionWebService 'Test/Web': backingServices gives the variable DB_HOST a second value: that of Test/Orders, and that of Test/Reports. "
      + "Give each variable a name of its own, for a database by database.withVariables({ host: 'REPORTS_HOST', ... }).");
  });

  test('are refused where one without secrets would overwrite the other', () => {
    expect(refusal(() => withServices(() => ({ backingServices: [queue('first'), queue('second')] }))))
      .toContain('backingServices gives the variable QUEUE_URL a second value: that of number 1, and that of number 2.');
  });

  test.each<[string, Partial<ProductionWebServiceProps>]>([
    ['environment', { environment: { QUEUE_URL: 'own' } }],
    ['secrets', { secrets: [ServiceSecret.generated('QUEUE_URL')] }],
  ])('are refused where %s of the service has the same', (prop, props) => {
    expect(refusal(() => withServices(() => ({ backingServices: [queue('first')], ...props }))))
      .toContain(`gives the variable QUEUE_URL a second value: that of ${prop}, and that of number 1.`);
  });

  test('may be those of two databases under names of their own (E-04)', () => {
    const names = { host: 'R_HOST', port: 'R_PORT', databaseName: 'R_NAME', userName: 'R_USER', password: 'R_PASSWORD', sslMode: 'R_SSL', sslRootCert: 'R_CERT' };
    const { stack } = withServices((scope, network) => ({
      backingServices: [new HardenedPostgres(scope, 'Orders', { network }), new HardenedPostgres(scope, 'Reports', { network }).withVariables(names)],
    }));

    expect(Object.keys(variablesOf(containersOf(templateOf(stack)).web))).toEqual(expect.arrayContaining(['DB_HOST', 'R_HOST']));
  });

  test('may be one variable for two databases where the value is one, as the certificates of RDS are', () => {
    const { stack } = withServices((scope, network) => ({
      backingServices: [new HardenedPostgres(scope, 'Orders', { network }), new HardenedPostgres(scope, 'Reports', { network }).withVariables(OTHER_NAMES)],
    }));
    const variables = Object.keys(variablesOf(containersOf(templateOf(stack)).web));
    expect(variables).toEqual(expect.arrayContaining(['DB_HOST', 'R_HOST', 'DB_SSL_CA', 'DB_PORT', 'DB_NAME']));
  });

  test('are refused where one of them has two values, and the others are equal or renamed (E-04)', () => {
    expect(refusal(() => withServices((scope, network) => ({
      backingServices: [
        new HardenedPostgres(scope, 'Orders', { network }),
        new HardenedPostgres(scope, 'Reports', { network, databaseName: 'reports' }).withVariables(OTHER_NAMES),
      ],
    })))).toContain('backingServices gives the variable DB_NAME a second value: that of Test/Orders, and that of Test/Reports.');
  });
});
