import type { NextConfig } from 'next';

const config: NextConfig = {
  output: 'standalone',
  outputFileTracingRoot: __dirname,
  poweredByHeader: false,
  // The root of a task can't be written to: pages stay in memory, and images are as they are.
  experimental: { isrFlushToDisk: false },
  images: { unoptimized: true },
};

export default config;
