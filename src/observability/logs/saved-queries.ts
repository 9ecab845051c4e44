import { type ILogGroup, QueryDefinition, QueryString } from 'aws-cdk-lib/aws-logs';
import { Construct, type IConstruct } from 'constructs';
import type { IMonitoredDatabase, IMonitoredService } from '../../contracts';
import { stackPath } from '../../text/stack-path';
import { textFor } from '../../text/text-for';
import { checkAllInReach } from '../../validation/objects-in-reach';
import type { LogFields } from './log-fields';
import { databaseQueries, fieldNames, type LogQuery, ServiceQueries } from './log-queries';

/** Properties of {@link SavedQueries}. None is required. */
export interface SavedQueriesProps {
  /**
   * Services whose logs are queried. A service without log groups gets no queries.
   * @default - none
   */
  readonly services?: IMonitoredService[];
  /**
   * Databases whose logs are queried. A database without log groups gets no queries.
   * @default - none
   */
  readonly databases?: IMonitoredDatabase[];
  /**
   * Names of the fields in the services' logs. Services with other names need a second construct.
   * Source: requirement A-15.
   * @default - `user`, `requestId`, `duration`, `level`, `context` and `message`
   */
  readonly fields?: LogFields;
}

/**
 * Saved queries in CloudWatch Logs Insights, in a folder for each service and database.
 *
 * A service has errors by context, response times, requests per minute, slowest requests, one request and active users.
 * A database has refused connections, deadlocks and errors of the server. The runbooks use them. They cost nothing
 * until they run. Source: requirement A-16.
 *
 * @example
 * new SavedQueries(this, 'Queries', { services: [api, web], databases: [database] });
 */
export class SavedQueries extends Construct {
  /** All query definitions, source by source. */
  public readonly queries: QueryDefinition[];

  public constructor(scope: Construct, id: string, props: SavedQueriesProps = {}) {
    super(scope, id);
    checkAllInReach(this, props);
    const serviceQueries = new ServiceQueries(fieldNames(this, props.fields)).all();
    this.queries = [
      ...(props.services ?? []).flatMap(({ signals }) => this.save(signals.source, signals.logGroups, serviceQueries)),
      ...(props.databases ?? []).flatMap(({ signals }) =>
        this.save(signals.source, signals.logGroups, databaseQueries(signals.family)),
      ),
    ];
  }

  private save(source: IConstruct, logGroups: ILogGroup[], queries: LogQuery[]): QueryDefinition[] {
    if (logGroups.length === 0) {
      return [];
    }
    // A path is unique, and a slash in an id would be another level.
    const folder = new Construct(this, stackPath(source).replace(/\//g, '-'));
    return queries.map(
      ({ title, query }) =>
        new QueryDefinition(folder, title.replace(/ /g, ''), {
          queryDefinitionName: textFor('query', `${stackPath(source)}/${title}`),
          queryString: new QueryString(query),
          logGroups,
        }),
    );
  }
}
