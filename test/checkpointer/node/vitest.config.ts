// Runs LangGraph's validation suite, which is written for vitest with global `describe` and `it`.

import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { globals: true, include: ["*.spec.ts"], root: import.meta.dirname, watch: false },
});
