import type * as z from 'zod';

/** A wrong environment variable or flag. Its message names the variable, the value and what is expected. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * Reads a config from environment variables, once, through a schema whose keys are the variables' names.
 * An empty variable counts as absent, so that `NAME=` in a .env file means the default.
 * @throws ConfigError naming every wrong variable at once.
 */
export function readConfig<Schema extends z.ZodType>(
  schema: Schema,
  environment: Readonly<Record<string, string | undefined>>,
): z.output<Schema> {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new ConfigError(parsed.error.issues.map((issue) => describeIssue(issue, given)).join('\n'));
}

const secretName = /PASSWORD|SECRET|TOKEN|URL/;

function describeIssue(issue: z.core.$ZodIssue, given: Readonly<Record<string, string | undefined>>): string {
  const name = String(issue.path[0] ?? 'environment');
  const value = given[name];
  if (value === undefined) return `${name} is missing: ${issue.message}`;
  const shown = secretName.test(name) ? 'its value' : JSON.stringify(value);
  return `${name}: ${shown} is not accepted: ${issue.message}`;
}
