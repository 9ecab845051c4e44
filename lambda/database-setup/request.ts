import { ownerOf, type SetupProperties, type SetupUser } from './properties';

/** Request of CloudFormation for the custom resource. */
export interface Request {
  readonly type: 'Create' | 'Update' | 'Delete';
  readonly responseUrl: string;
  readonly stackId: string;
  readonly requestId: string;
  readonly logicalId: string;
  readonly properties: SetupProperties;
}

type Fields = { readonly [name: string]: unknown };

/** Parses an event. Returns undefined if it is not CloudFormation's, as the one that keeps the function awake. */
export function read(event: unknown): Request | undefined {
  const { RequestType, ResponseURL, StackId, RequestId, LogicalResourceId, ...given } = fields(event);
  if (RequestType !== 'Create' && RequestType !== 'Update' && RequestType !== 'Delete') {
    return undefined;
  }
  return {
    type: RequestType,
    responseUrl: `${ResponseURL}`,
    stackId: `${StackId}`,
    requestId: `${RequestId}`,
    logicalId: `${LogicalResourceId}`,
    properties: { ...propertiesIn(given), prepared: RequestType === 'Create' ? [] : preparedIn(given) },
  };
}

function propertiesIn({ ResourceProperties, OldResourceProperties }: Fields): SetupProperties {
  const { databases, schemas, extensions, users, ...rest } = fields(ResourceProperties);
  const old = fields(OldResourceProperties);
  const formerUsers = (old.users ?? []) as SetupUser[];
  const replaced = old.host !== undefined && old.host !== rest.host;
  return {
    ...rest,
    databases: databases ?? [],
    schemas: schemas ?? [],
    extensions: extensions ?? [],
    users: users ?? [],
    formerOwner: ownerOf({ users: formerUsers })?.name,
    former: replaced ? { host: `${old.host}`, users: formerUsers } : undefined,
  } as unknown as SetupProperties;
}

/** Databases that the former properties gave to an owner. */
function preparedIn({ OldResourceProperties }: Fields): string[] | undefined {
  const { database, databases, users } = fields(OldResourceProperties);
  if (database === undefined) {
    return undefined;
  }
  return ownerOf({ users: (users ?? []) as SetupUser[] }) ? [database as string, ...((databases ?? []) as string[])] : [];
}

/** The same for every request of one resource, so that no update is a replacement. */
export function physicalId({ stackId, logicalId }: Request): string {
  const stackName = stackId.split('/')[1] ?? stackId;
  return `${stackName}/${logicalId}`;
}

function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}
