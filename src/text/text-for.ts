import { Token } from 'aws-cdk-lib';

/** Limits of a field that people read. */
interface TextField {
  /** Longest text, in characters. */
  readonly longest: number;
  /**
   * Characters that are replaced.
   * @default - every character is accepted
   */
  readonly refused?: RegExp;
}

/** EC2's set, which is also used where RDS documents none. */
const BEYOND_EC2 = /[^a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]/gu;
/** Of Unicode IAM accepts Latin-1. */
const BEYOND_LATIN_1 = /[^\t\n\r\x20-\x7e\u00a1-\u00ff]/gu;

/** Fields with the limits of their API reference. Other descriptions hold any path that CloudFormation takes. */
const FIELDS = {
  'alarm': { longest: 1024 },
  'build project': { longest: 255 },
  'database group': { longest: 255, refused: BEYOND_EC2 },
  'event rule': { longest: 512 },
  'file system tag': { longest: 255, refused: /[^\p{L}\p{Z}\p{N}_.:/=+\-@]/gu },
  'function': { longest: 256 },
  'hosted zone record': { longest: 256 },
  'name tag': { longest: 255 },
  'objective': { longest: 1024 },
  'policy': { longest: 1000, refused: BEYOND_LATIN_1 },
  'query': { longest: 255, refused: /[:*]/g },
  'role': { longest: 1000, refused: BEYOND_LATIN_1 },
  'schedule': { longest: 512 },
  'secret': { longest: 2048 },
  'security group': { longest: 255, refused: BEYOND_EC2 },
  'topic': { longest: 100 },
  // A sampling rule has 64 characters, and a list of resource attributes is separated by , and =.
  'traced service': { longest: 64, refused: /[^\p{L}\p{N} _.:/#+@-]/gu },
} as const satisfies { readonly [name: string]: TextField };

/**
 * Text for a field of a resource, with the ids of constructs in it.
 *
 * A character that the service refuses becomes its closest one in ASCII, or `_`. A long text loses its middle, because
 * the end of a path is the most specific. A token passes.
 */
export function textFor(field: keyof typeof FIELDS, text: string): string {
  if (Token.isUnresolved(text)) {
    return text;
  }
  const { longest, refused }: TextField = FIELDS[field];
  const characters = [...(refused ? text.replace(refused, inAscii).replace(refused, '_') : text)];
  const kept = (longest - 2) / 2;
  return characters.length <= longest
    ? characters.join('')
    : [...characters.slice(0, Math.floor(kept)), '..', ...characters.slice(-Math.ceil(kept))].join('');
}

function inAscii(character: string): string {
  return character.normalize('NFKD').replace(/[^\x20-\x7e]/gu, '') || '_';
}
