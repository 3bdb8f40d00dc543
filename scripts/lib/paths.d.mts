// Types of paths.mjs, for the tests.
export const root: string;
export const toolsDir: string;
export const examplesDir: string;
export const venvDir: string;
export const venvPython: string;
export const node: string;
