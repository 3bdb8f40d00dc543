// Why the run went where it did: who led to each task of the step, what routers returned, and what comes next.

import type { PanelCheckpoint, PanelStep } from "../../src/protocol/webview.ts";
import { stateWords } from "../graph/model.ts";
import { graphOf } from "../past/actions.ts";
import type { CheckpointProps } from "./parts.ts";

const words: { readonly [status in PanelCheckpoint["tasks"][number]["status"]]: string } = {
  ...stateWords,
  done: "has finished",
  cancelled: "was cancelled",
};

export function Why({ host, timelines, target, checkpoint }: CheckpointProps) {
  const { step, place } = target;
  const before = step && timelines.step(step.namespace, step.parentId);
  const open = (node: string): void => host.send({ type: "openNode", graph: graphOf(place.namespace), node });
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it is scrolled by keys
    <section className="scroll why" aria-label="Why" tabIndex={0}>
      {step && step.tasks.length > 0 && (
        <>
          <h3>What ran</h3>
          <ul className="list">
            {step.tasks.map((task) => (
              <li key={task.id}>
                <NodeLink name={task.node} open={open} />
                <span className="quiet">{ledText(before, task.node)}</span>
              </li>
            ))}
          </ul>
          <h3>Where it led</h3>
          <ul className="list">
            {step.tasks.map((task) => (
              <li key={task.id}>
                <span>
                  {task.node} → {task.to.length === 0 ? "no other node" : task.to.join(", ")}
                </span>
                {task.routers.map(({ name, returned }) => (
                  <span className="router" key={`${name} ${returned}`}>
                    <code>{name}</code> returned <code>{returned}</code>
                  </span>
                ))}
              </li>
            ))}
          </ul>
        </>
      )}
      {step?.tasks.length === 0 && (
        <p className="hint">
          {step.source === "update" || step.source === "fork"
            ? `No node ran: this is ${article(step.source)} ${step.source}.`
            : "No node ran yet: what comes next begins with the input."}
        </p>
      )}
      <h3>What comes next</h3>
      {checkpoint.tasks.length === 0 ? (
        <p className="quiet">Nothing: the graph has ended here.</p>
      ) : (
        <ul className="list">
          {checkpoint.tasks.map((task) => (
            <li key={task.id}>
              <NodeLink name={task.node} open={open} />
              <span className="quiet">{words[task.status]}</span>
              {task.error !== undefined && <span className="problem">{task.error}</span>}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function NodeLink({ name, open }: { readonly name: string; open(node: string): void }) {
  return (
    <button type="button" className="link" title={`Go to the code of ${name}`} onClick={() => open(name)}>
      {name}
    </button>
  );
}

function ledText(before: PanelStep | undefined, node: string): string {
  if (!before) return "";
  const from = before.tasks.filter(({ to }) => to.includes(node)).map((task) => task.node);
  if (from.length > 0) return `after ${[...new Set(from)].join(", ")}`;
  return before.source === "input" ? "from the start" : "";
}

function article(word: string): string {
  return /^[aeiou]/.test(word) ? "an" : "a";
}
