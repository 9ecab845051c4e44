import { LABEL, type Part, part, put } from '../../asl/asl';
import { choice } from '../../asl/conditions';
import { arrayLength, merge } from '../../asl/intrinsics';
import { refuse } from '../../asl/parts';
import type { JsonPath } from '../../asl/state';
import { PASSES_ALARMS } from '../context/release-mode';
import { SERVICE } from '../context/service-facts';
import type { NameOf } from './update-container';

/** Fields that a revision does not take over: ECS sets them. */
const SET_BY_ECS = [
  'TaskDefinitionArn',
  'Family',
  'Revision',
  'Status',
  'RequiresAttributes',
  'Compatibilities',
  'RegisteredAt',
  'RegisteredBy',
  'DeregisteredAt',
  'DeleteRequestedAt',
];

/** Definition to check, and the fields of it that a registration copies or refuses by itself. */
interface KnownFields {
  /** Path to the definition, and a path for what is found out. */
  readonly paths: { readonly definition: JsonPath; readonly found: JsonPath };
  /** Names of fields. */
  readonly fields: readonly string[];
}

/**
 * Refuses a definition with a field that the registration would drop, because ECS has it since later.
 *
 * No function lists the names of an object. But an object that gets all known fields has exactly as many, unless it has
 * an unknown one. A rollback and a hotfix may not be refused for it.
 */
export function refuseUnknownFields(state: NameOf, { paths: { definition, found }, fields }: KnownFields): Part {
  const known = [...new Set([...SET_BY_ECS, ...fields])];
  const end = state('fields are known');
  return part(
    [state('may fields be lost?'), choice([PASSES_ALARMS], end)],
    [state('list known fields'), put(found, Object.fromEntries(known.map((field) => [field, 0])))],
    [state('add all known fields'), put(found, { 'all.$': merge(definition, found) })],
    [state('count fields'), put(found, { 'fields.$': arrayLength(`${found}.all[*]`) })],
    [
      state('are all fields known?'),
      choice([{ Variable: `${found}.fields`, NumericEquals: known.length }], end),
    ],
    refuse(
      state('field is unknown'),
      'Release.TaskDefinition',
      'the family {} has a field that this release would lose. Upgrade the library, or remove the field',
      SERVICE.family,
    ),
    [end, LABEL],
  );
}
