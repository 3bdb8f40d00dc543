// Checks form data by JSON Schema without making code of it, which the panel's policy forbids.

import { type Schema, Validator } from "@cfworker/json-schema";
import {
  type ErrorSchemaBuilder as Builder,
  createErrorHandler,
  ErrorSchemaBuilder,
  type RJSFSchema,
  type RJSFValidationError,
  type ValidationData,
  type ValidatorType,
} from "@rjsf/utils";
import { inWords } from "../../src/model/questions/fit.ts";

function errorsOf(schema: RJSFSchema, value: unknown): RJSFValidationError[] {
  try {
    const { errors } = new Validator(schema as Schema, "2020-12", false).validate(value);
    return errors
      .filter(({ keyword }) => !["properties", "items", "$ref", "allOf"].includes(keyword))
      .map(({ instanceLocation, keyword, error }) => ({
        name: keyword,
        property: instanceLocation.replace(/^#/, "").replaceAll("/", "."),
        message: inWords(error),
        stack: inWords(error),
      }));
  } catch {
    // A schema that can't be read says nothing about the value.
    return [];
  }
}

export const validator: ValidatorType = {
  isValid: (schema, value, root) => {
    const { definitions, $defs } = root as RJSFSchema;
    const whole = { ...(definitions && { definitions }), ...($defs && { $defs }), ...schema };
    return value !== undefined && errorsOf(whole, value).length === 0;
  },
  rawValidation: (schema, value) => ({ errors: errorsOf(schema, value) as never[] }),
  validateFormData: (value, schema): ValidationData<unknown> => {
    const errors = value === undefined ? [] : errorsOf(schema, value);
    const builder: Builder = new ErrorSchemaBuilder();
    for (const { property = "", message = "" } of errors)
      builder.addErrors(message, property.split(".").slice(1));
    createErrorHandler(value);
    return { errors, errorSchema: builder.ErrorSchema };
  },
};
