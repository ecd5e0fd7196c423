/** Tables that grow with the traffic: reading one takes a time filter and a limit. */
const factTables = new Set(['transactions', 'rejected_transactions', 'fraud_alerts']);

/** Tables of sales: every variable narrows what is read from them. */
const salesTables = new Set(['sales_per_minute', 'transactions', 'fraud_alerts']);

/** Sums of amounts in the currency of their row. */
const ownCurrencySum = /sum\((amount|tax|total)(_amount|_sum)?\)/;

/** Each breach of the conventions in a panel's SQL, as a sentence. `variables` are the names that the dashboard has. */
export function checkQuery(sql: string, variables: readonly string[]): string[] {
  const tables = [...sql.matchAll(/\b(?:from|join)\s+([a-z_]+)/g)].map(([, table = '']) => table);
  return [...checkFacts(sql, tables), ...checkVariableUse(sql, tables, variables), ...checkSums(sql)];
}

function checkFacts(sql: string, tables: readonly string[]): string[] {
  const facts = tables.filter((table) => factTables.has(table));
  if (facts.length === 0) return [];
  const breaches = [];
  if (!/\nlimit \d+$/.test(sql)) breaches.push(`it reads ${facts.join(', ')} without a limit`);
  if (!sql.includes('$__timeFilter(')) breaches.push(`it reads ${facts.join(', ')} without a time filter`);
  return breaches;
}

function checkVariableUse(sql: string, tables: readonly string[], variables: readonly string[]): string[] {
  const references = [...sql.matchAll(/\$\{([^}]*)\}|\$(?!__)([a-zA-Z]\w*)|\[\[(.*?)\]\]/g)];
  const breaches = references
    .filter(([, reference = '']) => !variables.some((name) => reference === `${name}:sqlstring`))
    .map(([text]) => `${text} is no variable of the dashboard, written as \${name:sqlstring}`);
  if (!tables.some((table) => salesTables.has(table))) return breaches;
  const unused = variables.filter((name) => !sql.includes(`\${${name}:sqlstring}`));
  return [...breaches, ...unused.map((name) => `it does not heed the variable ${name}`)];
}

function checkSums(sql: string): string[] {
  if (!ownCurrencySum.test(sql) || /group by [^)]*\bcurrency\b/.test(sql)) return [];
  return ['it adds up amounts of different currencies'];
}
