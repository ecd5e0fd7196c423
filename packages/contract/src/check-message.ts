import type * as z from 'zod';

import { isRejectReason, rejectReasons, type FieldError, type RejectReason } from './reject-reason.ts';

export type CheckedMessage<Message> =
  | { readonly kind: 'valid'; readonly message: Message }
  | { readonly kind: 'rejected'; readonly errors: readonly [FieldError, ...FieldError[]] };

/**
 * Checks a parsed JSON value against a message's schema only and names every error of every field. Never throws.
 * Pass numbers as `JsonNumber` if possible, because a double no longer has the digits that were sent.
 */
export function checkMessage<Message>(schema: z.ZodType<Message>, value: unknown): CheckedMessage<Message> {
  const parsed = schema.safeParse(value, { reportInput: true });
  if (parsed.success) return { kind: 'valid', message: parsed.data };
  const [first, ...others] = parsed.error.issues.map(fieldError);
  if (first === undefined) throw new Error('zod refused a value without an issue');
  return { kind: 'rejected', errors: [first, ...others] };
}

function fieldError(issue: z.core.$ZodIssue): FieldError {
  const reason = reasonOf(issue);
  const message = issue.code === 'custom' ? issue.message : rejectReasons[reason];
  return { field: issue.path.join('.'), reason, message };
}

function reasonOf(issue: z.core.$ZodIssue): RejectReason {
  const [field] = issue.path;
  if (field === undefined) return 'not_an_object';
  if (issue.code === 'custom') return customReason(issue.params);
  if (issue.input === undefined) return 'missing_field';
  return 'wrong_type';
}

function customReason(params: Readonly<Record<string, unknown>> | undefined): RejectReason {
  const reason = params?.['reason'];
  if (isRejectReason(reason)) return reason;
  throw new Error('an issue of the contract has no reason code');
}
