import { Token } from 'aws-cdk-lib';
import type { IFileSystem } from 'aws-cdk-lib/aws-efs';
import type { IConstruct } from 'constructs';
import { checkRules } from '../../validation/rules';

/** Properties of {@link ServiceVolume.fileSystem}. `directory` is required. */
export interface FileSystemVolumeProps {
  /**
   * Directory of the file system that the service sees, for example `/uploads`.
   *
   * It has at most 4 levels and 100 characters. EFS creates it for the user of the container at the first mount. An
   * existing directory keeps its owner, so that user must be allowed to use it. Two services that name one directory
   * share its files. The root directory is refused, because it belongs to root.
   */
  readonly directory: string;
  /**
   * Denies the service to write.
   * @default false - the service reads and writes
   */
  readonly readOnly?: boolean;
}

/**
 * Files behind a volume.
 * @internal
 */
export interface VolumeFileSystem extends FileSystemVolumeProps {
  /** File system in EFS. */
  readonly fileSystem: IFileSystem;
}

const PATH = /^(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)+$/;
/** Limits of EFS for the root directory of an access point. */
const MOST_LEVELS = 4;
const MOST_CHARACTERS = 100;

/**
 * Directory on disk that the application's container may use, next to its writable paths in memory.
 *
 * The image can be of any registry. The container's root file system stays read-only.
 *
 * @example
 * new ProductionWebService(this, 'Api', {
 *   network,
 *   image,
 *   certificate,
 *   volumes: [ServiceVolume.fileSystem('/var/lib/api', fileSystem, { directory: '/api' })],
 * });
 */
export class ServiceVolume {
  /**
   * Directory of an EFS file system, which all tasks share and which outlives them.
   *
   * Tasks mount it through an access point of their own, as the container's user, with TLS and the task role. The
   * service may reach the file system on port 2049. Its mount targets belong into the application tier:
   * `vpcSubnets: network.subnets(SubnetTier.APPLICATION)`.
   *
   * @param path absolute path in the container
   * @param fileSystem the file system, in the same network
   * @param props directory of the file system
   *
   * @example
   * const volume = ServiceVolume.fileSystem('/var/lib/api', fileSystem, { directory: '/api' });
   */
  public static fileSystem(path: string, fileSystem: IFileSystem, props: FileSystemVolumeProps): ServiceVolume {
    return new ServiceVolume(path, { ...props, fileSystem });
  }

  /**
   * Directory on the encrypted disk of the task. It ends with the task and counts within `ephemeralStorageGiB`.
   *
   * Fargate gives the directory to root, unless the image's Dockerfile creates it for the container's user and declares
   * it with `VOLUME`. Use a writable path in memory for an image that does not.
   *
   * @param path absolute path in the container, as `VOLUME` of the image declares it
   *
   * @example
   * const volume = ServiceVolume.ephemeral('/var/cache/reports');
   */
  public static ephemeral(path: string): ServiceVolume {
    return new ServiceVolume(path);
  }

  private constructor(
    /** Absolute path in the container. */
    public readonly path: string,
    /** @internal */
    public readonly _fileSystem?: VolumeFileSystem,
  ) {}

  /**
   * Refuses paths that ECS or EFS would refuse, and a user without a number for an access point.
   * @internal
   */
  public _check(scope: IConstruct, user: string): void {
    const { path, _fileSystem: files } = this;
    checkRules(scope, [
      {
        condition: !PATH.test(path),
        prop: 'volumes.path',
        value: path,
        expected: 'an absolute path below / of letters, digits, ., - and _',
        fix: "name the directory in the container: '/var/lib/api'",
      },
      {
        condition: files !== undefined && !isDirectory(files.directory),
        prop: 'volumes.directory',
        value: files?.directory,
        expected:
          'an absolute path below / of letters, digits, ., - and _, ' +
          `with at most ${MOST_LEVELS} levels and ${MOST_CHARACTERS} characters`,
        fix: "name a directory of the file system: '/uploads'",
      },
      {
        condition: files !== undefined && Token.isUnresolved(user),
        prop: 'user',
        problem: 'is known at deployment only, and an access point of EFS needs the number of its user',
        fix: "pass the user as a literal: '1000:1000'",
      },
    ]);
  }
}

function isDirectory(directory: string): boolean {
  const levels = directory.split('/').length - 1;
  const fits = levels <= MOST_LEVELS && directory.length <= MOST_CHARACTERS;
  return PATH.test(directory) && fits;
}
