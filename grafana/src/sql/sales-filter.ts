import { salesDimensions } from '@pulse/migrations/schema';

/** What people can narrow the sales to: the dashboard's variable, and the expression that it is compared with. */
export interface SalesFilter {
  readonly variable: string;
  readonly label: string;
  /** Can be computed from `transactions` as well as from the roll-ups of sales. */
  readonly expression: string;
}

/** Variables of dimensions that are not named as their columns. */
const variables = new Map([['product_category', 'category']]);

/** A filter for each dimension of the roll-ups of sales, by label. */
export const salesFilters: readonly SalesFilter[] = salesDimensions
  .map(({ name, isOptional }) => {
    const variable = variables.get(name) ?? name;
    return { variable, label: sentenceCase(variable), expression: isOptional ? orUnknown(name) : name };
  })
  .toSorted((a, b) => a.label.localeCompare(b.label));

/** A country as people read it. */
export const countryName = orUnknown('country');

/** The text of an optional dimension: `transactions` has null and roll-ups '' where the message names none. */
function orUnknown(column: string): string {
  return `coalesce(nullif(${column}, ''), 'unknown')`;
}

function sentenceCase(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1).replaceAll('_', ' ');
}

/**
 * What a variable stands for when All is chosen. Grafana puts it in as it is, without quoting; listing every option
 * would miss values that came since, and be a syntax error while there are none.
 */
export const everything = "'*'";

/** The condition that a sale is among those chosen by all variables; values are quoted by Grafana (`:sqlstring`). */
export const chosenSales = salesFilters
  .map(({ variable, expression }) => {
    const values = `(\${${variable}:sqlstring})`;
    return `(${everything} in ${values} or ${expression} in ${values})`;
  })
  .join('\n  and ');
