// The panel's page, under a policy that lets nothing in but the extension's own files.

export interface PageAddresses {
  /** Where the page's own files come from, as a source of the policy. */
  readonly origin: string;
  readonly script: string;
  readonly style: string;
  /** The worker's bundle. A webview's worker must be of the page's own origin, so that the page fetches it. */
  readonly layout: string;
}

/** `nonce` is new for each page. */
export function panelPage({ origin, script, style, layout }: PageAddresses, nonce: string): string {
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    `font-src ${origin}`,
    `connect-src ${origin}`,
    "worker-src blob:",
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types langgraph-panel",
  ].join("; ");
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>LangGraph</title>
<link rel="stylesheet" nonce="${nonce}" href="${style}">
</head>
<body>
<div id="root" data-layout="${layout}"></div>
<script nonce="${nonce}" src="${script}"></script>
</body>
</html>`;
}
