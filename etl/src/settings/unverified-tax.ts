/** What becomes of a transaction whose tax rule nobody has verified: it is charged all the same, or goes to quarantine. */
export const unverifiedTaxPolicies = ['accept', 'quarantine'] as const;
export type UnverifiedTax = (typeof unverifiedTaxPolicies)[number];
