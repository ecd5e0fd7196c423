import kafkajsErrors from 'kafkajs/src/protocol/error.js';

import { protocolErrors } from '../protocol-errors.ts';

/** kafkajs 2.2.4 ends with Kafka 2.6: it calls every later code the same. Gives it the names of the others. */
export function completeErrorCodes(): void {
  const { errorCodes } = kafkajsErrors;
  const known = new Set(errorCodes.map(({ code }) => code));
  for (const [code, { name, kind }] of protocolErrors) {
    if (known.has(code)) continue;
    const message = `the broker answers ${name} (${code})`;
    errorCodes.push({ type: name, code, retriable: kind === 'temporary', message });
  }
}
