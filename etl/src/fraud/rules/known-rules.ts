/** Every kind of rule that a rule set may name: a new one is a file beside this one, and a line here. */
export { allowList } from './allow-list.ts';
export { amountLimit } from './amount-limit.ts';
export { blockList } from './block-list.ts';
export { cardTesting } from './card-testing.ts';
export { currencyHopping } from './currency-hopping.ts';
export { duplicateAmount } from './duplicate-amount.ts';
export { impossibleTravel } from './impossible-travel.ts';
export { newCustomerHighAmount } from './new-customer-high-amount.ts';
export { velocity } from './velocity.ts';
export { zScore } from './z-score.ts';
