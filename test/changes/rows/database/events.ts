import { DatabaseEvents, type DatabaseEventsProps, EnvironmentProfile, HardenedPostgres } from '../../../../src';
import { changesAround } from '../../general';
import type { Subject } from '../../row';
import { changesOf, type Row } from '../../rows';

const EVENTS: Subject<DatabaseEventsProps> = {
  name: 'DatabaseEvents',
  make: (site, id, props) => {
    const events = new DatabaseEvents(site.scope, id, props);
    new HardenedPostgres(site.stack, `${id}Database`, { network: site.network, events });
  },
  without: (site) => new HardenedPostgres(site.stack, 'SubjectDatabase', { network: site.network }),
};

export const EVENT_ROWS: readonly Row[] = [
  ...changesOf<DatabaseEventsProps>({
    subject: EVENTS,
    struct: 'DatabaseEventsProps',
    changes: {
      key: { exempt: 'another key encrypts what is published from then on' },
      profile: [
        undefined, () => EnvironmentProfile.development(), { note: 'It has an effect when the topic is removed.' },
      ],
      sources: { exempt: 'it lists servers of other tools, which subscribe by their own names' },
    },
  }),
  ...changesAround(EVENTS),
];
