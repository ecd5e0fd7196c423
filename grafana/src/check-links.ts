import { dashboardUids } from './dashboard-links.ts';
import type { PanelJson } from './read-dashboard.ts';
import * as z from 'zod';

const linksProperty = z.array(z.object({ title: z.string(), url: z.string() }));

/** Variables that a link may set, by the dashboard that it leads to. */
const targets: Readonly<Record<string, readonly string[]>> = {
  [dashboardUids.batch]: ['batch'],
  [dashboardUids.fraud]: ['customer'],
};

/** Each breach of the conventions in the links of a panel's columns, as a sentence. */
export function checkLinks({ fieldConfig, targets: queries }: PanelJson, variables: readonly string[]): string[] {
  return fieldConfig.overrides.flatMap(({ matcher, properties }) => {
    const column = matcher.options;
    const links = properties.filter(({ id }) => id === 'links').flatMap(({ value }) => linksProperty.parse(value));
    const isSelected = matcher.id !== 'byName' || queries.some(({ rawSql }) => rawSql.includes(`"${column}"`));
    return [
      ...(isSelected ? [] : [`it describes the column ${column}, which its query does not have`]),
      ...links.filter(({ url }) => !leadsSomewhere(url, variables)).map(({ url }) => `a link leads nowhere: ${url}`),
    ];
  });
}

function leadsSomewhere(url: string, variables: readonly string[]): boolean {
  const internal = /^\/d\/([a-z-]+)\?\$\{__url_time_range\}&var-(\w+)=\$\{__value\.raw:percentencode\}$/.exec(url);
  if (internal !== null) return targets[internal[1] ?? '']?.includes(internal[2] ?? '') ?? false;
  const external = /^\$\{(\w+)\}\//.exec(url);
  return external !== null && variables.includes(external[1] ?? '');
}
