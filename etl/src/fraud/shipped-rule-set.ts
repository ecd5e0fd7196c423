import definition from './shipped-rule-set.json' with { type: 'json' };

/** The rule set that comes with the program, as it stands in its file. Another content is another version. */
export const shippedRuleSet: { readonly version: string } = definition;
