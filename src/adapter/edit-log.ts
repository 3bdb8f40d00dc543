// Which edits of a checkpoint were made together: they are taken back together.

export class EditLog {
  #edits: { readonly namespace: string; readonly checkpointId: string; readonly count: number }[] = [];

  /** So many edits were made of this checkpoint, by one wish of the user. */
  note(namespace: string, checkpointId: string | undefined, count: number): void {
    if (checkpointId !== undefined && count > 0) this.#edits.push({ namespace, checkpointId, count });
  }

  /** How many edits the last wish about this checkpoint made; 1 where nothing is known of it. */
  lastOf(namespace: string, checkpointId: string | undefined): number {
    return this.#edits.findLast(isOf(namespace, checkpointId))?.count ?? 1;
  }

  /** The last wish about this checkpoint was taken back. */
  forgetLast(namespace: string, checkpointId: string | undefined): void {
    const at = this.#edits.findLastIndex(isOf(namespace, checkpointId));
    if (at !== -1) this.#edits.splice(at, 1);
  }

  /** The namespace that was edited last, of checkpoints given by namespace; undefined where none was. */
  lastEdited(checkpoints: ReadonlyMap<string, string>): string | undefined {
    return this.#edits.findLast(({ namespace, checkpointId }) => checkpoints.get(namespace) === checkpointId)
      ?.namespace;
  }
}

const isOf =
  (namespace: string, checkpointId: string | undefined) =>
  (edit: { namespace: string; checkpointId: string }): boolean =>
    edit.namespace === namespace && edit.checkpointId === checkpointId;
