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
import { isObject, type Json, type JsonObject } from "../../src/model/json.ts";
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
  const form = useMemo(() => shown(schema, schema, 0), [schema]);
  return (
    <div className="schema-form">
      <Form
        schema={form.schema as RJSFSchema}
        uiSchema={{ ...form.ui, "ui:submitButtonOptions": { norender: true } }}
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

/** A schema as the form takes it, with how it is shown. */
interface Shown {
  readonly schema: Json;
  readonly ui: UiSchema;
}

/** Values of no known type are edited as JSON. */
function shown(schema: Json | undefined, root: JsonObject, depth: number): Shown {
  if (!isObject(schema) || depth > deepest) return { schema: schema ?? {}, ui: {} };
  const { $ref, type, properties, items } = schema;
  if (typeof $ref === "string") return { schema, ui: shown(resolve($ref, root), root, depth + 1).ui };
  const isPlain = !["enum", "const", "anyOf", "oneOf", "allOf", "properties", "if"].some(
    (key) => key in schema,
  );
  const isOpenList = type === "array" && (items === undefined || (isObject(items) && isEmpty(items)));
  // A field whose schema is empty is left out by the form.
  if (isOpenList || (isPlain && (type === undefined || type === "object")))
    return { schema: { ...schema, $comment: "any" }, ui: { "ui:field": "json" } };
  const own: { [key: string]: Json } = { ...schema };
  const ui: UiSchema = {};
  if (isObject(properties)) {
    const each = Object.entries(properties).map(
      ([name, property]) => [name, shown(property, root, depth + 1)] as const,
    );
    own.properties = Object.fromEntries(each.map(([name, property]) => [name, property.schema]));
    for (const [name, property] of each) ui[name] = property.ui;
  }
  if (isObject(items)) {
    const item = shown(items, root, depth + 1);
    // A text that is added is empty, not null.
    const isText = items.type === "string" && !["default", "enum", "const"].some((key) => key in items);
    own.items = isText && isObject(item.schema) ? { ...item.schema, default: "" } : item.schema;
    ui.items = item.ui;
  }
  return { schema: own, ui };
}

function isEmpty(value: JsonObject): boolean {
  return Object.keys(value).length === 0;
}

function resolve(ref: string, root: JsonObject): Json | undefined {
  let found: Json | undefined = root;
  for (const part of ref.split("/").slice(1)) {
    if (!isObject(found)) return undefined;
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
