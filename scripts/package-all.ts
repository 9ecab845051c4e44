/** npm run package:all: builds the package for npm, PyPI, Maven and Go into dist/. */
import { buildPackages, builtFiles } from './languages/packages';
import { timed } from './languages/programs';
import { checkTools } from './languages/tools';

try {
  checkTools();
  const { seconds } = timed(buildPackages);
  builtFiles().forEach(({ file, bytes }) => console.log(`${file}, ${bytes} bytes`));
  console.log(`Built in ${seconds.toFixed(1)} s.`);
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
