/** Says which language is missing for the packages and how to get it, before anything is compiled. */
import { checkTools } from './languages/tools';

try {
  checkTools();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
