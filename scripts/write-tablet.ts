/** npx projen rosetta: translates the samples that a package shows into .jsii.tabl.json, from which jsii-pacmak takes them. The library must be compiled. */
import { writeTablet } from './languages/samples';

try {
  writeTablet();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
