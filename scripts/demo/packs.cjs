// Loaded before an app (node --require). Puts the four cdk-nag packs into it without a line in the app itself, by the
// hook that CDK calls for each new App, and shows a refusal of the library as its one line. Any other error keeps its trace.
const { Validations } = require('aws-cdk-lib');
const { AwsSolutionsChecks, HIPAASecurityChecks, NIST80053R5Checks, PCIDSS321Checks } = require('cdk-nag');

const PACKS = [AwsSolutionsChecks, NIST80053R5Checks, HIPAASecurityChecks, PCIDSS321Checks];

globalThis[Symbol.for('@aws-cdk/core.App#initHook')] = (app) => Validations.of(app).addPlugins(...PACKS.map((Pack) => new Pack(app)));

process.on('uncaughtException', (error) => {
  console.error(error.name === 'PropError' ? error.message : error.stack);
  // At once: an app that failed must not be synthesized on the way out.
  process.exit(1);
});
