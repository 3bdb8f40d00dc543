// A form for any JSON Schema, made of plain controls; what is edited keeps its type, and an emptied text stays a text.

import Form from "@rjsf/core";
import type {
  FieldProps,
  IconButtonProps,
  RJSFSchema,
  TemplatesType,
  UiSchema,
  WidgetProps,
} from "@rjsf/utils";
import { useMemo, useState } from "react";
import type { Json, JsonObject } from "../../src/model/json.ts";
import { validator } from "./validator.ts";

export interface SchemaFormProps {
  readonly schema: JsonObject;
  readonly value: Json | undefined;
  readonly disabled: boolean;
  /** Begins the ids of the controls; unique in the panel. */
  readonly id: string;
  change(value: Json | undefined): void;
}

export function SchemaForm({ schema, value, disabled, id, change }: SchemaFormProps) {
  const uiSchema = useMemo(() => uiOf(schema, schema, 0), [schema]);
  return (
    <div className="schema-form">
      <Form
        schema={schema as RJSFSchema}
        uiSchema={{ ...uiSchema, "ui:submitButtonOptions": { norender: true } }}
        formData={value}
        validator={validator}
        liveValidate="onChange"
        noHtml5Validate
        showErrorList={false}
        tagName="div"
        idPrefix={id}
        disabled={disabled}
        widgets={widgets}
        fields={fields}
        templates={templates}
        onChange={({ formData }) => change(formData as Json | undefined)}
      />
    </div>
  );
}

/** Deep enough for any form; schemas may go in circles. */
const deepest = 8;

/** Values of no known type are edited as JSON. */
function uiOf(schema: Json | undefined, root: JsonObject, depth: number): UiSchema {
  if (typeof schema !== "object" || schema === null || Array.isArray(schema) || depth > deepest) return {};
  const { $ref, type, properties, items } = schema;
  if (typeof $ref === "string") return uiOf(resolve($ref, root), root, depth + 1);
  const known = ["enum", "const", "anyOf", "oneOf", "allOf", "properties", "if"].some((key) => key in schema);
  if (type === undefined && !known) return { "ui:field": "json" };
  if (type === "object" && properties === undefined && !known) return { "ui:field": "json" };
  if (
    type === "array" &&
    (items === undefined || (typeof items === "object" && !Object.keys(items ?? {}).length))
  )
    return { "ui:field": "json" };
  const ui: UiSchema = {};
  if (typeof properties === "object" && properties !== null)
    for (const [name, property] of Object.entries(properties)) ui[name] = uiOf(property, root, depth + 1);
  if (items !== undefined && !Array.isArray(items)) ui.items = uiOf(items, root, depth + 1);
  return ui;
}

function resolve(ref: string, root: JsonObject): Json | undefined {
  let found: Json | undefined = root;
  for (const part of ref.split("/").slice(1)) {
    if (typeof found !== "object" || found === null || Array.isArray(found)) return undefined;
    found = found[part];
  }
  return found;
}

// ------------------------------------------------------------------------------------------------ controls

function TextWidget({ id, value, disabled, readonly, required, schema, onChange, label }: WidgetProps) {
  const shared = { id, disabled: disabled || readonly, required: required ?? false, "aria-label": label };
  if (schema.type === "string" && schema.format === undefined) {
    const text = String(value ?? "");
    return (
      <textarea
        {...shared}
        rows={Math.min(12, text.split("\n").length)}
        value={text}
        onChange={(event) => onChange(event.target.value)}
      />
    );
  }
  const isNumber = schema.type === "number" || schema.type === "integer";
  return (
    <input
      {...shared}
      type="text"
      inputMode={isNumber ? "decimal" : "text"}
      value={value ?? ""}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}

const widgets = { TextWidget };

function JsonField({ formData, fieldPathId, onChange, disabled, name, schema }: FieldProps) {
  const [text, setText] = useState(formData === undefined ? "" : JSON.stringify(formData, undefined, 2));
  const [problem, setProblem] = useState("");
  const edit = (typed: string): void => {
    setText(typed);
    try {
      const value: unknown = typed.trim() === "" ? undefined : JSON.parse(typed);
      setProblem("");
      onChange(value, fieldPathId.path);
    } catch (error) {
      setProblem(`Not JSON: ${(error as Error).message}`);
    }
  };
  return (
    <>
      <label htmlFor={fieldPathId.$id}>{schema.title ?? (name || "Value")} (JSON)</label>
      <textarea
        id={fieldPathId.$id}
        className="code"
        spellCheck={false}
        rows={Math.min(12, text.split("\n").length)}
        value={text}
        disabled={disabled ?? false}
        aria-invalid={problem !== ""}
        onChange={(event) => edit(event.target.value)}
      />
      {problem !== "" && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
    </>
  );
}

const fields = { json: JsonField };

/** A button of a list: adds, removes, moves an item. */
function button(label: string) {
  return ({ onClick, disabled, id }: IconButtonProps) => (
    <button type="button" className="secondary" id={id} disabled={disabled ?? false} onClick={onClick}>
      {label}
    </button>
  );
}

const templates: Partial<Omit<TemplatesType, "ButtonTemplates">> & {
  ButtonTemplates: Partial<TemplatesType["ButtonTemplates"]>;
} = {
  ButtonTemplates: {
    AddButton: button("Add"),
    RemoveButton: button("Remove"),
    MoveUpButton: button("Up"),
    MoveDownButton: button("Down"),
    CopyButton: button("Copy"),
  },
};
