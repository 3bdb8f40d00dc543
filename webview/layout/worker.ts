// Lays graphs out, in a worker: a large graph must not stop the panel.
export {};
