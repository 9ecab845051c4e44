import type { Construct, IConstruct } from 'constructs';
import type { IMonitoredDatabase, IMonitoredService } from '../../contracts';
import type { AlertRouting } from './alert-routing';
import { BackupEvents } from './backup-events';
import { DeploymentEvents } from './deployment-events';
import { RotationEvents } from './rotation-events';
import { Severity } from './severity';
import { TaskEvents } from './task-events';

/** Events of monitored sources, each in the scope of its source. */
export class SourceEvents {
  public constructor(
    private readonly alertRouting: AlertRouting,
    private readonly scopeFor: (source: IConstruct) => Construct,
  ) {}

  /** Warnings: what is urgent about a database has an alarm, and its maintenance can wait. */
  public ofServer(scope: Construct, { signals }: IMonitoredDatabase): void {
    if (signals.events) {
      this.alertRouting._listenFrom(scope, signals.events, Severity.WARNING);
    }
  }

  /** Deployments that fail, and tasks that stop. */
  public ofService(service: IMonitoredService, { deployments }: { readonly deployments: boolean }): void {
    const { alertRouting } = this;
    const { signals } = service;
    const scope = this.scopeFor(signals.source);
    if (deployments) {
      new DeploymentEvents(scope, 'Deployments', { service, alertRouting });
    }
    new TaskEvents(scope, 'Tasks', { signals, alertRouting });
  }

  /** Backup jobs that fail. A server without identifiers has none that could be told apart. */
  public ofBackups({ signals }: IMonitoredDatabase): void {
    if (signals.clusterIdentifier !== undefined || signals.instanceIdentifiers.length > 0) {
      new BackupEvents(this.scopeFor(signals.source), 'Backups', { signals, alertRouting: this.alertRouting });
    }
  }

  /** Rotations of passwords that fail. */
  public ofRotations({ signals: { source, rotatedSecretArns: secretArns = [] } }: IMonitoredDatabase): void {
    if (secretArns.length > 0) {
      new RotationEvents(this.scopeFor(source), 'Rotations', { source, secretArns, alertRouting: this.alertRouting });
    }
  }
}
