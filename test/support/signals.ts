import type { Stack } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import { AlertChannel, AlertRouting } from '../../src';

/** Whom alerts reach where a test is about something else. */
export function mailRouting(stack: Stack): AlertRouting {
  const everybody = [AlertChannel.email('ops@example.com')];
  return new AlertRouting(stack, 'Alerts', { onCritical: everybody, onError: everybody, onWarning: everybody });
}

/** An alarm of a template. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- templates are untyped JSON
export interface AlarmResource { readonly id: string; readonly properties: { readonly [name: string]: any } }

/** The alarms that an id of a construct stands for: `service-cpu-warning`, of all sources. */
export function alarmsNamed(template: Template, id: string): AlarmResource[] {
  const part = `${id.replace(/\W/g, '')}Alarm`;
  return Object.entries(template.findResources('AWS::CloudWatch::Alarm')).filter(([logicalId]) => logicalId.includes(part))
    .map(([logicalId, { Properties }]) => ({ id: logicalId, properties: Properties as AlarmResource['properties'] }));
}
