import type { Template } from 'aws-cdk-lib/assertions';

/** A value of a template as it is after the deployment: references get a name that can be told apart, what AWS knows its real value. */
export function deployed(value: any, region = 'eu-central-1', account = '111111111111'): any {
  const resolve = (part: any): any => {
    if (Array.isArray(part)) {
      return part.map(resolve);
    }
    if (part === null || typeof part !== 'object') {
      return part;
    }
    const [[key, inner]] = Object.entries<any>(part).length === 1 ? Object.entries<any>(part) : [['', undefined]];
    switch (key) {
      case 'Ref':
        return ({ 'AWS::Partition': 'aws', 'AWS::Region': region, 'AWS::AccountId': account, 'AWS::URLSuffix': 'amazonaws.com' } as { [name: string]: string })[inner] ?? inner.toLowerCase();
      case 'Fn::GetAtt': {
        const [id, attribute] = Array.isArray(inner) ? inner : inner.split('.');
        return attribute === 'Arn' ? `arn:aws:made:${region}:${account}:${id.toLowerCase()}` : `${id}-${attribute}`.toLowerCase();
      }
      case 'Fn::ImportValue':
        return typeof inner === 'string' ? imported(inner) : imported(JSON.stringify(inner));
      case 'Fn::GetStackOutput':
        return imported(inner.OutputName);
      case 'Fn::Join':
        return resolve(inner[1]).join(inner[0]);
      case 'Fn::Select':
        return resolve(inner[1])[Number(inner[0])];
      case 'Fn::Split':
        return resolve(inner[1]).split(inner[0]);
      default:
        return Object.fromEntries(Object.entries(part).map(([name, item]) => [name, resolve(item)]));
    }
  };
  return resolve(value);
}

/** ARNs that another stack gives out keep the form of one: parts of them are taken. */
function imported(name: string): string {
  const short = name.replace(/[^A-Za-z0-9]/g, '').toLowerCase().slice(-40);
  return /Arn/.test(name) ? `arn:aws:made:eu-central-1:111111111111:repository/${short}` : short;
}

/** Family of a task that runs once, with what a release needs to register it. */
export interface OwnFamily {
  readonly family: string;
  readonly container: string;
  readonly uri: string;
}

/** Families in a definition that are a task's own, those in branches too. */
export function ownFamilies(definition: any): OwnFamily[] {
  return Object.values<any>(definition.States).flatMap(({ Parameters = {}, Branches = [] }) => [
    ...[Parameters, Parameters.facts ?? {}].filter(({ family, container }) => family && container),
    ...Branches.flatMap(ownFamilies),
  ]);
}

/** The definitions of a template's state machines, by logical id. */
export function definitions(template: Template): { [id: string]: any } {
  return Object.fromEntries(Object.entries(template.findResources('AWS::StepFunctions::StateMachine'))
    .map(([id, { Properties }]) => [id, JSON.parse(deployed((Properties as any).DefinitionString))]));
}
