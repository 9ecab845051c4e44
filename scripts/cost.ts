import * as fs from 'node:fs';
import { observabilityCost, type TemplateJson } from './cost/estimate';
import { costPage, figures, printed } from './cost/page';

/** Page that this script writes. */
const PAGE = 'docs/cost.md';

const files = process.argv.slice(2);
if (files.length > 0) {
  console.log(printed(observabilityCost(files.map((file) => JSON.parse(fs.readFileSync(file, 'utf8')) as TemplateJson))));
} else {
  fs.writeFileSync(PAGE, costPage(figures()));
}
