// Types of layers.mjs, for its test.
export function checkLayers(root: string): Promise<string[]>;
