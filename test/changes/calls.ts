import type { IConstruct } from 'constructs';
import { exampleOf } from './example';
import type { Remarks, Subject } from './row';
import { appOf, bothWays, once, type Row } from './rows';
import { Site } from './site';

/** A call of a method on a construct that runs already. */
export type Call<Made, Own> = readonly [call: (made: Made, site: Site) => unknown, remarks?: Remarks<Own>];

/** Calls by the names of methods. */
export interface Calls<Made, Own> {
  readonly subject: Subject<Own>;
  /** Class of the API that has the methods. */
  readonly class: string;
  readonly calls: { readonly [method: string]: Call<Made, Own> };
}

/** Rows of methods: the app without the call, then with it. The construct has the id `Subject`. */
export function callsOf<Made extends IConstruct, Own>({ subject, class: owner, calls }: Calls<Made, Own>): Row[] {
  return Object.entries(calls).map(([method, [call, remarks = {}]]) => {
    const props = (site: Site) => (typeof remarks.with === 'function' ? remarks.with(site) : remarks.with ?? {});
    return {
      id: `${subject.name}, ${method}()`,
      subject: subject.name,
      what: `\`${method}()\``,
      example: `not called → ${exampleOf(call as () => unknown)}`,
      covers: [`${owner}.${method}`],
      remarks,
      judge: once(() => bothWays(appOf(subject, {}, props), appWith(subject, props, call))),
    };
  });
}

function appWith<Made, Own>(subject: Subject<Own>, props: (site: Site) => Partial<Own>, call: Call<Made, Own>[0]) {
  const site = new Site();
  subject.make(site, 'Subject', props(site));
  call(site.scope.node.findChild('Subject') as Made, site);
  return site.synthesized();
}
