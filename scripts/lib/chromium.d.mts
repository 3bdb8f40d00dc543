// Types of chromium.mjs, for the end-to-end tests.
export function ensureChromium(): Promise<string>;
