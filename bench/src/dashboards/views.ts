/** One view of a dashboard: a time range up to now, and chosen values. */
export interface View {
  readonly name: string;
  readonly spanMs: number;
  /** The interval of a graph's points, as Grafana chooses it for a wide screen. */
  readonly intervalMs: number;
  /** Chosen values by the variable's name; variables without an entry have all values. */
  readonly chosen: Readonly<Record<string, readonly string[]>>;
}

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** The first is the default view of a dashboard. */
export const views: readonly View[] = [
  { name: '24 h', spanMs: day, intervalMs: minute, chosen: {} },
  { name: '1 h', spanMs: hour, intervalMs: minute, chosen: {} },
  {
    name: '24 h, narrowed',
    spanMs: day,
    intervalMs: minute,
    chosen: { category: ['books', 'toys'], country: ['KW'], currency: ['KWD'] },
  },
  { name: '7 d', spanMs: 7 * day, intervalMs: 10 * minute, chosen: {} },
  { name: '30 d', spanMs: 30 * day, intervalMs: 30 * minute, chosen: {} },
];
