import type { IConstruct } from 'constructs';
import { checkRules } from '../../validation/rules';

/** Engine and version, checked. */
export interface EngineSettings {
  /** Engine as ElastiCache names it. */
  readonly engine: 'valkey' | 'redis';
  /** Version of nodes: `8.0`. */
  readonly version: string;
  /** Version of a serverless cache: `8`. */
  readonly majorVersion: string;
  /** Family of the parameter group: `valkey8`. */
  readonly family: string;
}

/**
 * Engine of a {@link HardenedCache} with its version.
 *
 * A later version is an upgrade in place, which ends each connection once. ElastiCache has no way back.
 * A change of the engine replaces the cache, and CloudFormation refuses it.
 *
 * @example
 * new HardenedCache(this, 'Sessions', {
 *   network,
 *   purpose: CachePurpose.SESSIONS,
 *   engine: CacheEngine.redis('7.0'),
 * });
 */
export class CacheEngine {
  /**
   * Valkey.
   *
   * @param version major and minor version, from `7.2` on
   */
  public static valkey(version: string): CacheEngine {
    return new CacheEngine('valkey', version);
  }

  /**
   * Redis OSS 7, the last one that ElastiCache has. Source: requirement C-10.
   *
   * @param version `7.0` or `7.1`
   */
  public static redis(version: string): CacheEngine {
    return new CacheEngine('redis', version);
  }

  private constructor(
    private readonly engine: 'valkey' | 'redis',
    private readonly version: string,
  ) {}

  /** Checks the version. @internal */
  public _bind(scope: IConstruct): EngineSettings {
    const { engine, version } = this;
    const valkey = engine === 'valkey';
    checkRules(scope, [
      {
        condition: valkey ? !/^(7\.2|([89]|[1-9]\d)\.\d+)$/.test(version) : !/^7\.[01]$/.test(version),
        prop: 'engine',
        value: version,
        expected: valkey ? 'a major and minor version from 7.2 on' : '7.0 or 7.1',
        fix: valkey ? "write CacheEngine.valkey('8.0')" : "write CacheEngine.redis('7.1'), or use CacheEngine.valkey()",
      },
    ]);
    const [majorVersion] = version.split('.');
    return { engine, version, majorVersion, family: `${engine}${majorVersion}` };
  }
}
