/** What people can narrow the sales to: the dashboard's variable, and the expression that it is compared with. */
export interface SalesDimension {
  readonly variable: string;
  readonly label: string;
  readonly expression: string;
}

/** Name of a sale's country: facts have null and roll-ups '' where the message names none. */
export const countryName = "coalesce(nullif(country, ''), 'unknown')";

/** Each expression can be computed from `transactions` as well as from `sales_per_minute`. */
export const salesDimensions: readonly SalesDimension[] = [
  { variable: 'category', label: 'Category', expression: 'product_category' },
  { variable: 'country', label: 'Country', expression: countryName },
  { variable: 'currency', label: 'Currency', expression: 'currency' },
];

/**
 * What a variable stands for when All is chosen. Grafana puts it in as it is, without quoting; listing every option
 * would miss values that came since, and be a syntax error while there are none.
 */
export const everything = "'*'";

/** The condition that a sale is among those chosen by all variables; values are quoted by Grafana (`:sqlstring`). */
export const chosenSales = salesDimensions
  .map(({ variable, expression }) => {
    const values = `(\${${variable}:sqlstring})`;
    return `(${everything} in ${values} or ${expression} in ${values})`;
  })
  .join('\n  and ');
