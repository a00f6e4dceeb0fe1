import { defineConfig } from 'vitest/config';

// Vitest reads its configuration from a default export; nothing else in the tree has one.
// biome-ignore lint/style/noDefaultExport: see above
export default defineConfig({
  test: { include: ['test/**/*.test.ts'], testTimeout: 120_000, hookTimeout: 120_000 },
});
