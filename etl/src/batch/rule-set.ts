/** Names the rules by which a batch is judged; a new one for each change of tax, conversion or fraud rules. */
export const ruleSetVersion = '2026-11-1';
