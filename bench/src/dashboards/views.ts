/** What somebody may look at: a stretch of time up to now, and choices. */
export interface View {
  readonly name: string;
  readonly spanMs: number;
  /** Width of a graph's point, as Grafana picks it for a wide screen. */
  readonly intervalMs: number;
  /** Chosen values by the variable's name; all values of those that are not named. */
  readonly chosen: Readonly<Record<string, readonly string[]>>;
}

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** The first is what a dashboard opens with. */
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
