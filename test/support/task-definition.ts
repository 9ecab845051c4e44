import type { Template } from 'aws-cdk-lib/assertions';

/* eslint-disable @typescript-eslint/no-explicit-any -- containers are whatever CloudFormation takes */

/** The containers of the only task definition of a template, by name. */
export function containersOf(template: Template): { [name: string]: any } {
  const [{ Properties }] = Object.values(template.findResources('AWS::ECS::TaskDefinition'));
  return Object.fromEntries(Properties.ContainerDefinitions.map((container: { Name: string }) => [container.Name, container]));
}

/** Environment variables of a container, by name. */
export function variablesOf(container: { Environment?: Array<{ Name: string; Value: any }> }): { [name: string]: any } {
  return Object.fromEntries((container.Environment ?? []).map(({ Name, Value }) => [Name, Value]));
}

/** Statements of the managed policies whose logical id contains a text. */
export function statementsOf(template: Template, part: string): Array<{ Action: any; Resource: any; Condition?: any }> {
  return Object.entries(template.findResources('AWS::IAM::ManagedPolicy')).filter(([id]) => id.includes(part)).flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement);
}

/** Short names of the services that a template has interface endpoints for. */
export function endpointsOf(template: Template): string[] {
  return Object.values(template.findResources('AWS::EC2::VPCEndpoint'))
    .filter(({ Properties }) => Properties.VpcEndpointType === 'Interface')
    .map(({ Properties }) => String(Properties.ServiceName).replace(/^com\.amazonaws\.[a-z0-9-]+\./, ''))
    .sort();
}
