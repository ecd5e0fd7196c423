import { expect, test } from 'vitest';

import { productionRefusal } from './production.ts';

const history = { hours: 24, pace: { kind: 'rate', perSecond: 1 } } as const;

test.each([
  ['made-up traffic', { isProductionAllowed: false, history: undefined }, 'PRODUCER_ALLOW_PRODUCTION'],
  ['a history, even where traffic is allowed', { isProductionAllowed: true, history }, 'PRODUCER_HISTORY_HOURS=0'],
])("production's Kafka gets no %s", (_, config, variable) => {
  expect(productionRefusal(config)).toContain(variable);
});

test("production's Kafka gets made-up traffic where that is allowed", () => {
  expect(productionRefusal({ isProductionAllowed: true, history: undefined })).toBeUndefined();
});
