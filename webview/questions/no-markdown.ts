// In place of the library that @rjsf/core takes for Markdown in descriptions, which is switched on nowhere.

import type { ReactNode } from "react";

export function Markdown({ children }: { readonly children?: ReactNode }): ReactNode {
  return children;
}
