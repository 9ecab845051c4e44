import { type ILogGroup, QueryDefinition, QueryString } from 'aws-cdk-lib/aws-logs';
import { Construct, type IConstruct } from 'constructs';
import type { IMonitoredDatabase, IMonitoredService } from '../../contracts';
import type { LogFields } from './log-fields';
import { databaseQueries, fieldNames, type LogQuery, ServiceQueries } from './log-queries';

/** What {@link SavedQueries} are made for. */
export interface SavedQueriesProps {
  /**
   * Services whose logs are asked; one without a log group gets none.
   * @default - none
   */
  readonly services?: IMonitoredService[];
  /**
   * Databases whose logs are asked; one without a log group gets none.
   * @default - none
   */
  readonly databases?: IMonitoredDatabase[];
  /**
   * What the services call the fields of their log. Services that name them differently get a construct each.
   * @default - `user`, `requestId`, `duration`, `level`, `context` and `message` (requirement A-15)
   */
  readonly fields?: LogFields;
}

/**
 * Queries of Logs Insights that wait in the console for the one who needs them (requirement A-16), each thing's in a folder of its construct's path: of a service errors by context, response times,
 * requests per minute, slowest requests, one request, active users; of a database refused connections, deadlocks, errors of the server. The runbooks name them. They cost nothing until they are run.
 */
export class SavedQueries extends Construct {
  /** All of them. */
  public readonly queries: QueryDefinition[];

  public constructor(scope: Construct, id: string, props: SavedQueriesProps = {}) {
    super(scope, id);
    const ofService = new ServiceQueries(fieldNames(this, props.fields)).all();
    this.queries = [
      ...(props.services ?? []).flatMap(({ signals }) => this.save(signals.source, signals.logGroups, ofService)),
      ...(props.databases ?? []).flatMap(({ signals }) =>
        this.save(signals.source, signals.logGroups, databaseQueries(signals.family)),
      ),
    ];
  }

  private save(source: IConstruct, logGroups: ILogGroup[], queries: LogQuery[]): QueryDefinition[] {
    if (logGroups.length === 0) {
      return [];
    }
    // One name each, whatever else stands in this scope: a path is unique, and a slash in an id would be a level.
    const folder = new Construct(this, source.node.path.replace(/\//g, '-'));
    return queries.map(
      ({ title, query }) =>
        new QueryDefinition(folder, title.replace(/ /g, ''), {
          queryDefinitionName: `${source.node.path.replace(/[:*]/g, '-')}/${title}`,
          queryString: new QueryString(query),
          logGroups,
        }),
    );
  }
}
