/**
 * Directions of imports in `src`, held by `import/no-restricted-paths`. A module may import the modules of layers before its own, a room
 * the rooms that are listed for it. The files at a module's root may import all of its rooms.
 */
const LAYERS: readonly (readonly string[])[] = [
  ['text'],
  ['validation', 'compliance', 'contracts', 'metrics'],
  ['iam'],
  ['environment'],
  ['logging'],
  ['scheduling'],
  ['network', 'storage', 'firewall', 'registry'],
  ['functions'],
  ['database', 'cache'],
  ['service'],
  ['observability'],
  ['delivery'],
];

/** Rooms of each module, each with the other rooms that it may import. */
const ROOMS: { readonly [module: string]: { readonly [room: string]: readonly string[] } } = {
  network: { 'addresses': [], 'security-groups': [], 'endpoints': ['security-groups'] },
  database: {
    capacity: [],
    backup: [],
    parameters: [],
    certificates: [],
    restore: [],
    server: ['capacity', 'backup', 'restore'],
    credentials: ['server', 'certificates'],
    setup: ['server', 'credentials'],
    users: ['server', 'credentials', 'setup'],
    existing: ['capacity', 'certificates', 'credentials', 'users'],
  },
  cache: { capacity: [], server: ['capacity'], users: ['server'] },
  service: {
    'image': [],
    'container': ['image'],
    'tracing': ['container', 'image'],
    'cluster': [],
    'task': ['tracing', 'container', 'image', 'cluster'],
    'load-balancer': [],
    'deployment': ['load-balancer', 'container'],
    'scaling': [],
  },
  observability: {
    alerting: [],
    metrics: [],
    logs: [],
    alarms: ['alerting', 'metrics', 'logs'],
    slo: ['alarms', 'alerting', 'metrics', 'logs'],
    dashboard: ['alarms', 'alerting', 'metrics', 'logs', 'slo'],
    imported: ['metrics'],
  },
  delivery: { asl: [], ci: ['release', 'asl'], release: ['asl'], operations: ['release', 'asl'], pipeline: ['operations', 'release', 'asl'] },
};

/** A zone of `import/no-restricted-paths`. */
export interface ImportZone {
  readonly target: string;
  readonly from: string;
  readonly except: string[];
  readonly message: string;
}

/** Zones of `import/no-restricted-paths`: one for each module and one for each room. */
export function importZones(): ImportZone[] {
  const modules = LAYERS.flatMap((layer, index) => layer.map((module) => zone('src', module, LAYERS.slice(0, index).flat())));
  const rooms = Object.entries(ROOMS).flatMap(([module, allowed]) =>
    Object.entries(allowed).map(([room, others]) => zone(`src/${module}`, room, others)));
  return [...modules, ...rooms];
}

function zone(folder: string, name: string, others: readonly string[]): ImportZone {
  const known = others.length === 0 ? 'none' : others.join(', ');
  return {
    target: `./${folder}/${name}`,
    from: `./${folder}`,
    except: [name, ...others].map((other) => `./${other}`),
    message: `Of ${folder}, ${name} may import: ${known}.`,
  };
}
