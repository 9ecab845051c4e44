/**
 * npm run samples: compiles every TypeScript sample of README.md, docs/ and the comments of the sources by jsii-rosetta, strict, and writes
 * docs/languages.md and the README: the main examples in every language. The library must be compiled.
 */
import { writePages } from './languages/page';
import { translatedSamples } from './languages/samples';

try {
  const { count, ...programs } = translatedSamples();
  writePages(programs);
  console.log(`${count} samples compile and are translated.`);
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
