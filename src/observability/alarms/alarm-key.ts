import type { AlarmDefinition } from './alarm-definition';

/** Setting of the alarms with a key: `service-cpu` for all sources, `Api/service-cpu` for one. */
interface Keyed {
  readonly key: string;
}

/** True if a caller's key denotes this alarm. */
export function denotes(key: string, definition: AlarmDefinition): boolean {
  return key === definition.key || `/${definition.source.node.path}/${definition.key}`.endsWith(`/${key}`);
}

/** Settings that denote this alarm, the most specific last. */
export function settingsOf<T extends Keyed>(settings: T[], definition: AlarmDefinition): T[] {
  return settings.filter(({ key }) => denotes(key, definition)).sort((a, b) => a.key.length - b.key.length);
}
