import {
  Egress, HardenedPostgres, ImageRepository, ProductionWebService, type SecureVpcProps, ServiceImage, ServiceSecret,
} from '../../../src';
import { exampleOf } from '../example';
import { judgementOf, Cloud } from '../play';
import type { Remarks, Value } from '../row';
import { once, type Row } from '../rows';
import { type Deployable, Site, type Surroundings } from '../site';

/** Way in which a stack refers to another one. */
type References = NonNullable<Surroundings['networkApart']>;

const HEADINGS: { readonly [references in 'strong' | 'weak']: string } = {
  strong: 'A network in a stack of its own, with exports',
  weak: 'A network in a stack of its own, with weak references',
};

const QUIET = 'Choose a quiet hour, and deploy all stacks by one command (`cdk deploy --all`). '
  + 'Between the stacks no task starts or scales, and what waits for AWS fails.';
const EXPORTS = 'Set the context `@aws-cdk/core:defaultCrossStackReferences` to `both` and deploy, then to `weak` and deploy. '
  + 'Then change it as with weak references.';
const BY_HAND = 'When all stacks are deployed, delete by hand what is left of the network: '
  + '`aws cloudformation describe-stack-events --stack-name STACK` names it.';
const BETWEEN = `${QUIET} ${BY_HAND}`;

/** Change of a network below others. */
interface NetworkChange {
  readonly prop: keyof SecureVpcProps;
  readonly values: readonly [before: Value<unknown>, after: Value<unknown>];
  readonly remarks: { readonly [references in References]?: Remarks };
}

const natPerZone = () => Egress.natGatewayPerZone();
const endpointsOnly = () => Egress.endpointsOnly();

const ENDPOINTS: NetworkChange['remarks'] = { strong: { procedure: `${QUIET} The way back: ${EXPORTS}` }, weak: { procedure: BETWEEN } };
const MOVE_OUT = 'Move databases out of the zone first ([fewer zones](database.md#fewer-availability-zones)).';
const ZONES: NetworkChange['remarks'] = {
  strong: { procedure: `The way back: ${MOVE_OUT} ${EXPORTS}` },
  weak: { procedure: `The way back: ${MOVE_OUT} ${BETWEEN}` },
};

const CHANGES: readonly NetworkChange[] = [
  { prop: 'egress', values: [natPerZone, endpointsOnly], remarks: ENDPOINTS },
  { prop: 'egress', values: [() => Egress.regionalNatGateway(), endpointsOnly], remarks: ENDPOINTS },
  { prop: 'egress', values: [natPerZone, () => Egress.singleNatGateway()], remarks: {} },
  { prop: 'availabilityZoneCount', values: [2, 3], remarks: ZONES },
  { prop: 'dataPorts', values: [[5432], [5432, 6432]], remarks: {} },
];

const KEEP_EXPORTS = 'Keep the exports of the former repository in that deployment by `exportValue`, and remove them in the next one '
  + '([exports](registry.md#move-a-service-to-another-track-or-repository)).';

/** Rows of changes that cross from the stack of the network, or of the images, to that of a service. */
export const TWO_STACK_ROWS: readonly Row[] = (['strong', 'weak'] as const)
  .flatMap((references) => [...CHANGES.map((one) => rowOf(references, one)), repositoryRow(references)]);

/** Row of a service that moves from one repository to another one of the same stack. */
function repositoryRow(references: 'strong' | 'weak'): Row {
  const [before, after] = (['Images', 'Second'] as const).map((id) => () => appWithImagesOf(id, references));
  const example = ['images', 'second'].map((name) => `\`ServiceImage.fromRepository(${name}, { tag: '1.4.2' })\``).join(' → ');
  const subject = references === 'strong' ? 'A registry in a stack of its own, with exports' : 'A registry in a stack of its own, with weak references';
  return {
    id: `${subject}, image`,
    subject,
    what: '`ProductionWebService.image`',
    example,
    covers: [],
    remarks: references === 'strong' ? { procedure: KEEP_EXPORTS } : {},
    judge: once(() => ({ there: change(before(), after()), back: change(after(), before()) })),
  };
}

/** Templates of two repositories, and of a service in another stack with an image of one of them. */
export function appWithImagesOf(id: 'Images' | 'Second', networkApart: References, keepExports = false): Deployable[] {
  const site = new Site({ networkApart });
  const registry = site.otherStack('Registry');
  const images = { Images: site.images, Second: new ImageRepository(registry, 'Second') };
  const image = ServiceImage.fromRepository(images[id], { tag: '1.4.2' });
  new ProductionWebService(site.scope, 'Web', { network: site.network, loadBalancer: site.loadBalancer, image });
  if (keepExports) {
    registry.exportValue(images.Images.repository.repositoryArn);
    registry.exportValue(images.Images.repository.repositoryName);
  }
  return site.synthesized();
}

function rowOf(references: 'strong' | 'weak', { prop, values, remarks }: NetworkChange): Row {
  const example = values.map(exampleOf).join(' → ');
  const [before, after] = values.map((value) => () => appOver(references, { [prop]: value }));
  return {
    id: `${HEADINGS[references]}, ${prop}: ${example.replace(/`/g, '')}`,
    subject: HEADINGS[references],
    what: `\`SecureVpc.${prop}\``,
    example,
    covers: [],
    remarks: remarks[references] ?? {},
    judge: once(() => ({ there: change(before(), after()), back: change(after(), before()) })),
  };
}

function change(before: readonly Deployable[], after: readonly Deployable[]) {
  return judgementOf(Cloud.with(before).deploy(after));
}

/** Templates of a network, and of a service above it, with a database or without. */
export function appOver(
  networkApart: References, props: { readonly [prop: string]: Value<unknown> }, database = true,
): Deployable[] {
  const network = (site: Site) => Object.fromEntries(Object.entries(props).map(([prop, value]) =>
    [prop, typeof value === 'function' ? (value as (of: Site) => unknown)(site) : value]));
  const site = new Site({ networkApart, network });
  new ProductionWebService(site.scope, 'Web', {
    network: site.network,
    loadBalancer: site.loadBalancer,
    image: ServiceImage.fromRepository(site.images, { tag: '1.4.2' }),
    backingServices: database ? [new HardenedPostgres(site.scope, 'Orders', { network: site.network })] : [],
    secrets: [ServiceSecret.generated('TOKEN')],
  });
  return site.synthesized();
}
