// The versions of LangGraph that are supported, one of each kind, and what the tests of the runtimes need that one lacks.
import { readFileSync } from "node:fs";
import path from "node:path";
import { examplesDir, root } from "./paths.mjs";

/**
 * @typedef {object} Version
 * @property {"python" | "javascript"} language
 * @property {string} version of `langgraph` or `@langchain/langgraph`
 * @property {string} why this one is tested
 * @property {readonly string[]} [packages] to install, each pinned; absent: those that the project itself has
 * @property {Readonly<Record<string, string>>} [replaced] what the copies of the fixtures import, and what instead
 * @property {Readonly<Record<string, string>>} [leftOut] titles of tests, without the language they begin with, that it
 *   can't do, and why
 */

/** Files of test/runtime: all that the runtimes promise of graphs, in both languages. */
export const contract = [
  "changing",
  "data-breakpoints",
  "edit",
  "exception-conditions",
  "interrupt-warnings",
  "late-graphs",
  "load",
  "move",
  "move-subgraphs",
  "rest",
  "stops",
  "subgraph-stops",
  "timeline",
  "values",
].map((name) => `${name}.test.ts`);

/** What npm test runs with. */
const newest = {
  python: /^langgraph==(\S+)/m.exec(
    readFileSync(path.join(examplesDir, "python", "requirements.txt"), "utf8"),
  )[1],
  javascript: JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")).devDependencies[
    "@langchain/langgraph"
  ],
};

const noDeltas = (since) => ({
  "looking back, and changing the state compares what a delta channel held": since,
  "editing the state refuses a key whose value no checkpoint holds whole": since,
  "moving the cursor in a line of nodes keeps a channel whose value no checkpoint holds whole": since,
});
const pythonDeltas = noDeltas("DeltaChannel is new in 1.2");
/** Of LangGraph.js before 1.4. */
const older = {
  ...noDeltas("DeltaValue is new in 1.4"),
  "timeline marks where it waits, has waited and has failed, and tells nothing of what did not run":
    "before 1.4 LangGraph drops what finished beside a task that failed, and runs it again",
};

const noStateSchema = { "@langchain/langgraph": "./langgraph.ts" };

/** @type {readonly Version[]} */
export const versions = [
  {
    language: "python",
    version: "0.6.11",
    why: "the last without 1.0's changes, and the oldest line that is supported",
    packages: ["langgraph==0.6.11", "langchain==0.3.30"],
    leftOut: {
      ...pythonDeltas,
      "load loads prebuilt_agent:graph": "create_agent is new in langchain 1.0, which needs langgraph 1.0",
    },
  },
  {
    language: "python",
    version: "1.0.10",
    why: "the last of 1.0",
    packages: ["langgraph==1.0.10", "langchain==1.2.10", "langgraph-prebuilt==1.0.8"],
    leftOut: pythonDeltas,
  },
  {
    language: "python",
    version: "1.1.6",
    why: "the last in which a replay writes no checkpoint of its own",
    packages: ["langgraph==1.1.6", "langchain==1.2.15"],
    leftOut: pythonDeltas,
  },
  {
    language: "python",
    version: "1.1.10",
    why: "the last of 1.1: a replay writes a checkpoint with source fork",
    packages: ["langgraph==1.1.10", "langchain==1.2.18"],
    leftOut: pythonDeltas,
  },
  { language: "python", version: newest.python, why: "the newest, which npm test runs with" },
  {
    language: "javascript",
    version: "0.4.9",
    why: "the last of 0.4, and the oldest line that is supported",
    packages: [
      "@langchain/langgraph@0.4.9",
      "@langchain/core@0.3.80",
      "zod@3.25.76",
      "zod-to-json-schema@3.24.6",
    ],
    replaced: { ...noStateSchema, zod: "zod/v4" },
    leftOut: {
      ...older,
      "load loads prebuilt_agent:graph": "createAgent is new in langchain 1.0, which needs LangGraph 1.0",
    },
  },
  {
    language: "javascript",
    version: "1.0.7",
    why: "1.0, which has no StateSchema and no Overwrite",
    packages: ["@langchain/langgraph@1.0.7", "@langchain/core@1.1.48", "langchain@1.0.6", "zod@4.6.7"],
    replaced: noStateSchema,
    leftOut: older,
  },
  {
    language: "javascript",
    version: "1.3.7",
    why: "the last before 1.4 wrote replays anew",
    packages: ["@langchain/langgraph@1.3.7", "@langchain/core@1.2.13", "langchain@1.4.5", "zod@4.6.7"],
    leftOut: older,
  },
  { language: "javascript", version: newest.javascript, why: "the newest, which npm test runs with" },
];

/** How a version is called, and its folder. */
export const nameOf = ({ language, version }) => `${language}-${version}`;
