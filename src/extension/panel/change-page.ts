// Differences of two steps as the panel is told them: by page, no longer than a message can carry.

import type { Change, DiffBody } from "../../protocol/dap.ts";
import type { Json, PanelChange, PastResult } from "../../protocol/webview.ts";

/** Changes in one message, and about how many characters. */
const mostChanges = 100;
const mostCharacters = 300_000;
/** Of one side of a change. */
const longestSide = 4_000;

/** The changes from `start` on; at least one, where there is one. */
export function changePage({ changes, more, tooLarge = [] }: DiffBody, start: number): PastResult<"diff"> {
  const page: PanelChange[] = [];
  let characters = 0;
  for (const change of changes.slice(start, start + mostChanges)) {
    const shown = shownChange(change);
    characters += JSON.stringify(shown).length;
    if (page.length > 0 && characters > mostCharacters) break;
    page.push(shown);
  }
  return { changes: page, more: start + page.length < changes.length, limited: more, tooLarge };
}

function shownChange({ key, path, change, from, to, shortened, text, item }: Change): PanelChange {
  // Texts are told by their parts; of what was moved, only where to.
  const [before, after] = text ? [] : [jsonOf(change === "moved" ? undefined : from), jsonOf(to)];
  const isCut = [before, after].some((json) => (json?.length ?? 0) > longestSide);
  return {
    key,
    path,
    change,
    ...(before !== undefined && { from: cut(before) }),
    ...(after !== undefined && { to: cut(after) }),
    ...((shortened || isCut) && { shortened: true }),
    ...(text && { text }),
    ...(item !== undefined && { item }),
  };
}

function jsonOf(value: Json | undefined): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value, undefined, 2);
}

function cut(json: string): string {
  return json.length > longestSide ? `${json.slice(0, longestSide)}…` : json;
}
