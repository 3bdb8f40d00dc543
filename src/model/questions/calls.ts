// Calls that wait for a decision: HumanInterrupt, HITLRequest of Python and JavaScript, approval of a single call.

import { isObject, type Json, type JsonObject } from "../json.ts";
import type { Call, Decision, Question, Wire } from "./question.ts";

type Calls = Extract<Question, { kind: "calls" }>;

/** Undefined for a payload that asks for no decision about a call. */
export function callsIn(value: Json): Calls | undefined {
  return humanInterrupt(value) ?? hitlRequest(value) ?? toolApproval(value);
}

/** `{action_request, config, description}`, or a list of them. */
function humanInterrupt(value: Json): Calls | undefined {
  const list = Array.isArray(value);
  const items = list ? value : [value];
  const calls = items.map((item): Call | undefined => {
    const request = isObject(item) ? either(item, "action_request", "actionRequest") : undefined;
    if (!isObject(item) || !isObject(request)) return undefined;
    const name = request.action ?? request.name;
    if (typeof name !== "string") return undefined;
    const config = item.config;
    const allowed = (snake: string, camel: string): boolean =>
      !isObject(config) || either(config, snake, camel) !== false;
    const decisions: Decision[] = [
      ...(allowed("allow_accept", "allowAccept") ? (["accept"] as const) : []),
      ...(allowed("allow_edit", "allowEdit") ? (["edit"] as const) : []),
      ...(allowed("allow_respond", "allowRespond") ? (["response"] as const) : []),
      ...(allowed("allow_ignore", "allowIgnore") ? (["ignore"] as const) : []),
    ];
    if (decisions.length === 0) return undefined;
    return { name, args: request.args ?? {}, decisions, ...described(item.description) };
  });
  return calls.length > 0 && calls.every((call) => call !== undefined)
    ? { kind: "calls", calls, wire: { kind: "responses", list } }
    : undefined;
}

/** `{action_requests, review_configs}`, or the same in camel case. */
function hitlRequest(value: Json): Calls | undefined {
  if (!isObject(value)) return undefined;
  const requests = either(value, "action_requests", "actionRequests");
  if (!Array.isArray(requests) || requests.length === 0) return undefined;
  const configs = either(value, "review_configs", "reviewConfigs");
  const known = Array.isArray(configs) ? configs.filter(isObject) : [];
  let early = false;
  const calls = requests.map((request, index): Call | undefined => {
    if (!isObject(request)) return undefined;
    const name = request.name ?? request.action;
    if (typeof name !== "string") return undefined;
    early ||= request.args === undefined && request.arguments !== undefined;
    const config =
      known.find((each) => either(each, "action_name", "actionName") === name) ??
      (known.length === requests.length ? known[index] : undefined);
    const decisions = allowedDecisions(config && either(config, "allowed_decisions", "allowedDecisions"));
    if (decisions.length === 0) return undefined;
    const schema =
      config &&
      (either(config, "args_schema", "argsSchema") ?? either(config, "arguments_schema", "argumentsSchema"));
    return {
      name,
      args: request.args ?? request.arguments ?? {},
      decisions,
      ...described(request.description ?? config?.description),
      ...(isObject(schema) && Object.keys(schema).length > 0 && { argsSchema: schema }),
    };
  });
  if (!calls.every((call) => call !== undefined)) return undefined;
  const editedKey = value.actionRequests === undefined ? "edited_action" : "editedAction";
  return {
    kind: "calls",
    calls,
    wire: { kind: "decisions", editedKey, argsKey: early ? "arguments" : "args" },
  };
}

/** `{type: "tool_approval", tool_call_id, name, args}`. */
function toolApproval(value: Json): Calls | undefined {
  if (!isObject(value)) return undefined;
  const { type, name } = value;
  if (typeof type !== "string" || !/^tool_?approval$/i.test(type) || typeof name !== "string")
    return undefined;
  const decisions = allowedDecisions(either(value, "allowed_decisions", "allowedDecisions"));
  const schema = either(value, "args_schema", "argsSchema");
  const editedKey = value.toolCallId === undefined ? "edited_action" : "editedAction";
  const call: Call = {
    name,
    args: value.args ?? {},
    decisions: decisions.length > 0 ? decisions : standard,
    ...described(value.description),
    ...(isObject(schema) && { argsSchema: schema }),
  };
  return { kind: "calls", calls: [call], wire: { kind: "bare", editedKey, argsKey: "args" } };
}

/** What is allowed where the graph doesn't say. */
const standard: readonly Decision[] = ["approve", "edit", "reject", "respond"];

function allowedDecisions(value: Json | undefined): readonly Decision[] {
  if (!Array.isArray(value)) return standard;
  return standard.filter((decision) => value.includes(decision));
}

function described(value: Json | undefined): { description?: string } {
  return typeof value === "string" && value.trim() !== "" ? { description: value } : {};
}

function either(value: JsonObject, snake: string, camel: string): Json | undefined {
  return value[snake] ?? value[camel];
}

// ---------------------------------------------------------------------------------------------- answers

/** A decision about a call, with what belongs to it. */
export interface Decided {
  readonly decision: Decision;
  /** Of an edit. */
  readonly args: Json;
  /** Of a reply, or of a reason for a rejection. */
  readonly message: string;
}

/** The answer that these decisions make, one for each call and in their order. */
export function decisionsAnswer({ calls, wire }: Calls, decided: readonly Decided[]): Json {
  const each = calls.map((call, index): Json => {
    const given = decided[index];
    if (!given) throw new RangeError(`Nothing is decided about ${call.name}.`);
    return wire.kind === "responses" ? response(call, given) : decision(call, given, wire);
  });
  const [first = null] = each;
  if (wire.kind === "decisions") return { decisions: each };
  return wire.kind === "bare" || !wire.list ? first : each;
}

function response({ name }: Call, { decision: type, args, message }: Decided): Json {
  if (type === "edit") return { type, args: { action: name, args } };
  return { type, args: type === "response" ? message : null };
}

function decision(
  { name }: Call,
  { decision: type, args, message }: Decided,
  { editedKey, argsKey }: Exclude<Wire, { kind: "responses" }>,
): Json {
  if (type === "edit") return { type, [editedKey]: { name, [argsKey]: args } };
  if (type === "respond" || (type === "reject" && message !== "")) return { type, message };
  return { type };
}
