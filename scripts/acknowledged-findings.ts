import * as fs from 'fs';
import * as path from 'path';

/** Folder of the examples. */
export const EXAMPLES = path.resolve(__dirname, '..', 'examples');
/** What engines write about a template takes more than the megabyte that Node allows by itself. */
export const MAX_OUTPUT = 256 * 1024 * 1024;

/** A finding that stands, and why. */
export interface Acknowledgement {
  readonly rule: string;
  /** Type of the resource; the pattern, if any, narrows it to resources of that name. */
  readonly type: string;
  readonly name?: RegExp;
  readonly reason: string;
}

/** A rule that a resource of an example breaks. */
export interface Finding {
  readonly rule: string;
  readonly description: string;
  readonly template: string;
  readonly type: string;
  readonly resource: string;
}

/** Findings that nothing acknowledges, and acknowledgements that no finding needs. */
export function review(findings: readonly Finding[], acknowledged: readonly Acknowledgement[]): { readonly open: Finding[]; readonly unused: Acknowledgement[] } {
  return {
    open: findings.filter((finding) => !acknowledged.some((acknowledgement) => covers(acknowledgement, finding))),
    unused: acknowledged.filter((acknowledgement) => !findings.some((finding) => covers(acknowledgement, finding))),
  };
}

/** Paths of the templates that `npm run demo` has written. */
export function templatesOfExamples(): string[] {
  return fs.readdirSync(EXAMPLES)
    .map((example) => path.join(EXAMPLES, example, 'cdk.out'))
    .filter((assembly) => fs.existsSync(assembly))
    .flatMap((assembly) => fs.readdirSync(assembly).filter((file) => file.endsWith('.template.json')).map((file) => path.join(assembly, file)));
}

/** Prints what is left of the findings of an engine, and fails where there is something, or no template. */
export function report(engine: string, templates: readonly string[], findings: readonly Finding[], acknowledged: readonly Acknowledgement[]): void {
  const { open, unused } = review(findings, acknowledged);
  open.forEach(({ template, resource, rule, description }) => console.error(`${template}: ${resource}: ${rule}: ${description}`));
  unused.forEach(({ rule, type }) => console.error(`Nothing needs the acknowledgement of ${rule} on ${type} any more: take it out.`));
  console.log(`${templates.length} templates, ${findings.length} findings of ${engine}, ${findings.length - open.length} acknowledged, ${open.length} open.`);
  process.exitCode = open.length + unused.length > 0 || templates.length === 0 ? 1 : 0;
}

function covers({ rule, type, name }: Acknowledgement, finding: Finding): boolean {
  return rule === finding.rule && type === finding.type && (name?.test(finding.resource) ?? true);
}
