import { Duration } from 'aws-cdk-lib';
import { FramePolicy, type ResponseHeaders, SecureLoadBalancer, SecureVpc } from '../../../src';
import { documentA, templatesOf } from '../../fixtures/documented-apps';
import { templateOf, testStack } from '../../fixtures/test-stack';
import { certificate } from '../../fixtures/web-service';

const RESPONSE = 'routing.http.response.';

/** The headers that the listener on a port adds, without their common beginning and end. */
function headersOn(port: number, template: ReturnType<typeof templateOf>): { [header: string]: string } {
  const [listener] = Object.values(template.findResources('AWS::ElasticLoadBalancingV2::Listener', { Properties: { Port: port } }));
  const attributes = (listener.Properties.ListenerAttributes ?? []) as Array<{ Key: string; Value: string }>;
  return Object.fromEntries(attributes.map(({ Key, Value }) => [Key.replace(RESPONSE, '').replace('.header_value', ''), Value]));
}

function added(responseHeaders?: ResponseHeaders, plain = false): { [header: string]: string } {
  const stack = testStack();
  const network = new SecureVpc(stack, 'Network');
  new SecureLoadBalancer(stack, 'Balancer', {
    network, responseHeaders, ...(plain ? { plainHttp: { reason: 'An internal demonstration until 2027' } } : { certificate: certificate(stack) }),
  });
  return headersOn(plain ? 80 : 443, templateOf(stack));
}

describe('The headers that a load balancer adds to responses', () => {
  test('are HSTS for one year, nosniff and SAMEORIGIN by default, without Server (A-29)', () => {
    expect(added()).toEqual({
      'server.enabled': 'false', 'strict_transport_security': 'max-age=31536000', 'x_content_type_options': 'nosniff', 'x_frame_options': 'SAMEORIGIN',
    });
  });

  test('contain a Content-Security-Policy and one origin in document A (A-29)', () => {
    const [template] = templatesOf(documentA());
    expect(headersOn(443, template)).toMatchObject({
      strict_transport_security: 'max-age=31536000',
      content_security_policy: "default-src 'self'",
      access_control_allow_origin: 'https://app.example.com',
      access_control_allow_methods: 'PUT, DELETE',
      access_control_allow_headers: 'authorization, content-type',
    });
  });

  test('are the same on the test listener', () => {
    const [template] = templatesOf(documentA());
    expect(headersOn(8443, template)).toEqual(headersOn(443, template));
  });

  test('do not contain HSTS over plain HTTP, where browsers ignore it', () => {
    expect(added({}, true)).toEqual({ 'server.enabled': 'false', 'x_content_type_options': 'nosniff', 'x_frame_options': 'SAMEORIGIN' });
  });

  test('have the configured values (D-16)', () => {
    expect(added({
      hstsMaxAge: Duration.days(730),
      hstsIncludesSubdomains: true,
      contentSecurityPolicy: "default-src 'self' https://cdn.example.com; img-src 'self' data:; upgrade-insecure-requests;",
      frames: FramePolicy.LEFT_TO_APPLICATION,
      cors: { allowOrigins: ['http://localhost:3000'], exposeHeaders: ['X-Total'], allowCredentials: true, maxAge: Duration.hours(1) },
    })).toEqual({
      'server.enabled': 'false',
      'strict_transport_security': 'max-age=63072000; includeSubDomains',
      'content_security_policy': "default-src 'self' https://cdn.example.com; img-src 'self' data:; upgrade-insecure-requests;",
      'x_content_type_options': 'nosniff',
      'access_control_allow_origin': 'http://localhost:3000',
      'access_control_expose_headers': 'X-Total',
      'access_control_allow_credentials': 'true',
      'access_control_max_age': '3600',
    });
    expect(added({ frames: FramePolicy.NOBODY }).x_frame_options).toBe('DENY');
  });
});
