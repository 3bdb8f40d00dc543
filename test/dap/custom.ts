// Custom requests as a test sends them: arguments and bodies by the request's name.

import type { CustomRequests } from "../../src/protocol/dap.ts";
import type { Client, StoppedBody } from "./client.ts";

export type Body<Name extends keyof CustomRequests> = CustomRequests[Name]["body"];

export function ask<Name extends keyof CustomRequests>(
  client: Client,
  name: Name,
  args: CustomRequests[Name]["arguments"],
): Promise<Body<Name>> {
  return client.request<Body<Name>>(name, args);
}

/** How a stop is told. */
export const told = ({ reason, description }: StoppedBody): string[] => [reason, description];
