/** Path within the sources, which needs no quotes in a shell. */
export const SOURCE_PATH = /^(?!\/)(?!-)(?!.*\.\.(?:\/|$))[A-Za-z0-9._/@-]+$/;
