// Types of forbid-imports.mjs, for its test.
import type { Plugin } from "esbuild";

export function noVscode(root: string): Plugin;
export function noLangchain(root: string): Plugin;
