import { Token, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Container that an image is for. */
interface ImageUse {
  /** Prop that holds the image. */
  readonly prop: string;
  /**
   * Name of the container next to the application's.
   * @default - the application's container
   */
  readonly sidecar?: string;
}

/** Names under which Docker Hub is reached. */
const HOSTS = ['docker.io', 'index.docker.io', 'registry-1.docker.io', 'registry.hub.docker.com'];

/** Warns of an image of Docker Hub, which all tasks behind one NAT gateway pull under one limit. */
export function warnOfDockerHub(scope: IConstruct, name: string, { prop, sidecar }: ImageUse): void {
  if (!isOnDockerHub(name)) {
    return;
  }
  Validations.of(scope).addWarning(
    `@org/prod-constructs:dockerHubImage${sidecar === undefined ? '' : `:${sidecar}`}`,
    `${prop} is ${name}, an image of Docker Hub, which limits pulls without a login by address. All tasks behind a ` +
      'NAT gateway have one address, and above the limit no new task starts. Copy the image to an ImageRepository ' +
      'and use ServiceImage.fromRepository(mirror, { tag }), or acknowledge this warning.',
  );
}

/**
 * True for a name that Docker reads as one of Docker Hub.
 *
 * A first part with a dot or a port, or `localhost`, is the host of another registry.
 */
function isOnDockerHub(name: string): boolean {
  const [first, ...rest] = name.split('/');
  const host = rest.length > 0 && /[.:]|^localhost$/.test(first) ? first : undefined;
  return !Token.isUnresolved(name) && (host === undefined || HOSTS.includes(host));
}
