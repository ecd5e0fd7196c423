/** What happens to a transaction whose tax rule is not verified: it is charged all the same, or goes to quarantine. */
export const unverifiedTaxPolicies = ['accept', 'quarantine'] as const;
export type UnverifiedTax = (typeof unverifiedTaxPolicies)[number];
