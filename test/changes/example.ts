import { Duration } from 'aws-cdk-lib';
import type { Value } from './row';

/** Value as the page shows it: as a reader would write it in TypeScript. */
export function exampleOf(value: Value<unknown>): string {
  return value === undefined ? 'unset' : `\`${text(value).replace(/\|/g, '\\|')}\``;
}

function text(value: unknown): string {
  if (typeof value === 'function') {
    return sourceOf(value as () => unknown);
  }
  if (typeof value === 'string') {
    return `'${value}'`;
  }
  if (Array.isArray(value)) {
    return `[${value.map(text).join(', ')}]`;
  }
  if (value instanceof Duration) {
    return value.toHumanString();
  }
  if (value !== null && typeof value === 'object') {
    if (Object.getPrototypeOf(value) !== Object.prototype) {
      throw new Error(`write ${value.constructor.name} as a function of the site, () => ..., so that the page can show it`);
    }
    return `{ ${Object.entries(value).map(([key, inner]) => `${key}: ${text(inner)}`).join(', ')} }`;
  }
  return String(value);
}

/** Source of a value without the names of modules and of the site, which a transpiler wrote or a reader does not know. */
function sourceOf(make: () => unknown): string {
  return make.toString()
    .replace(/^(?:\([\w\s,]*\)|\w+)\s*=>\s*/, '')
    .replace(/\(0, _\w+\.(\w+)\)/g, '$1')
    .replace(/\b_\w+\.(?:default\.)?/g, '')
    .replace(/\bsite\./g, '')
    .replace(/\s+/g, ' ')
    .replace(/^\((\{.*\})\)$/, '$1')
    .trim();
}
