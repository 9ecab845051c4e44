import type { Rules } from './rule';

/** Documents of Systems Manager. */
export const DOCUMENTS: Rules = {
  replacements: [
    {
      id: 'document-by-update-method',
      source: 'Template reference, "AWS::SSM::Document": UpdateMethod',
      types: ['AWS::SSM::Document'],
      properties: ['Attachments', 'Content', 'DocumentFormat', 'Requires', 'TargetType', 'VersionName'],
      replaces: (_, { properties }) => properties.UpdateMethod !== 'NewVersion',
    },
  ],
};
