// Types of web-vscode.mjs, for the end-to-end tests.
export interface WebVscodeOptions {
  /** Folder for the server's data, settings and extensions; made when missing. */
  readonly dataDir: string;
  /** Loopback port; a free one by default. */
  readonly port?: number;
  /** Further settings for all windows. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Folders of further extensions, which are there from the beginning. */
  readonly extensions?: readonly string[];
  /** Path of a VSIX to install first. */
  readonly vsix?: string;
  /** Ask whether the folder is trusted, as VS Code does by default. */
  readonly workspaceTrust?: boolean;
  /** Variables for the server, its extension hosts and what they start; undefined takes one away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface WebVscode {
  readonly port: number;
  /** Settles when the server has ended. */
  readonly exited: Promise<unknown>;
  /** The end of the server's own output. */
  log(): string;
  url(options: { folder: string; extension?: string; tests?: string }): string;
  stop(): Promise<void>;
}

export function ensureWebVscode(): Promise<void>;
export function startWebVscode(options: WebVscodeOptions): Promise<WebVscode>;
