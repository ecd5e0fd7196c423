import { salesFilters } from './sql/sales-filter.ts';

/** Tables that grow with the traffic: a bounded part of one is read. */
const factTables = new Set(['transactions', 'rejected_transactions', 'fraud_alerts', 'fraud_shadow_verdicts']);

/** What bounds the part of a fact table that is read: a stretch of time, one batch or one customer. */
const bounds = ['$__timeFilter(', 'batch_id = coalesce(', 'customer_id = coalesce('];

/** Tables of sales: what people choose narrows all that is read from them. */
const salesTables = new Set([
  'sales_per_minute',
  'sales_per_hour',
  'transactions',
  'fraud_alerts',
  'fraud_shadow_verdicts',
]);

/** Sums of amounts in the currency of their row. */
const ownCurrencySum = /sum\((amount|tax|total)(_amount|_sum)?\)/;

/** Each breach of the conventions in a panel's SQL, as a sentence. `variables` are the names that the dashboard has. */
export function checkQuery(sql: string, variables: readonly string[]): string[] {
  const tables = [...sql.matchAll(/\b(?:from|join)\s+([a-z_]+)/g)].map(([, table = '']) => table);
  return [
    ...checkFacts(sql, tables),
    ...checkReferences(sql, variables),
    ...checkChoices(sql, tables),
    ...checkSums(sql),
  ];
}

function checkFacts(sql: string, tables: readonly string[]): string[] {
  const facts = [...new Set(tables.filter((table) => factTables.has(table)))];
  if (facts.length === 0) return [];
  const breaches = [];
  const isAggregate = /\b(group by|count\(|sum\()/.test(sql);
  if (!isAggregate && !/\nlimit \d+$/.test(sql)) breaches.push(`it reads ${facts.join(', ')} without a limit`);
  if (!bounds.some((bound) => sql.includes(bound))) breaches.push(`it reads ${facts.join(', ')} without a bound`);
  return breaches;
}

function checkReferences(sql: string, variables: readonly string[]): string[] {
  const references = [...sql.matchAll(/\$\{([^}]*)\}|\$(?!__)([a-zA-Z]\w*)|\[\[(.*?)\]\]/g)];
  return references
    .filter(([, reference = '']) => !variables.some((name) => reference === `${name}:sqlstring`))
    .map(([text]) => `${text} is no variable of the dashboard, written as \${name:sqlstring}`);
}

/** What is about one batch or one customer is not narrowed further. */
function checkChoices(sql: string, tables: readonly string[]): string[] {
  if (!tables.some((table) => salesTables.has(table))) return [];
  if (bounds.slice(1).some((bound) => sql.includes(bound))) return [];
  return salesFilters
    .filter(({ variable }) => !sql.includes(`\${${variable}:sqlstring}`))
    .map(({ variable }) => `it ignores the variable ${variable}`);
}

function checkSums(sql: string): string[] {
  if (!ownCurrencySum.test(sql) || /group by [^)]*\bcurrency\b/.test(sql)) return [];
  return ['it adds up amounts of different currencies'];
}
