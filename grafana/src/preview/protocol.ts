import * as z from 'zod';

const name = z.string().min(1).max(200);

const view = z.strictObject({
  /** Uid of a dashboard. */
  dashboard: name,
  /** Bounds of the time range, in milliseconds since 1970. */
  from: z.int(),
  to: z.int(),
  /** Chosen values of each variable by its name; `['$__all']` for all of them. */
  variables: z.record(name, z.array(z.string().max(1000)).min(1).max(500)),
});

/** Asks for the rows of one query of one panel. The query itself stays on the server. */
export const panelRequest = view.extend({
  /** Id of the panel in its dashboard. */
  panel: z.int(),
  refId: name,
  /** Width of a point of the graph, in milliseconds. */
  intervalMs: z.int().positive(),
});
export type PanelRequest = z.output<typeof panelRequest>;

/** Asks for the values that a variable offers. */
export const optionsRequest = view.extend({ variable: name });
export type OptionsRequest = z.output<typeof optionsRequest>;

/** One column of an answer. Times are milliseconds since 1970. */
export type Column = { readonly name: string } & (
  | { readonly type: 'time' | 'number'; readonly values: readonly (number | null)[] }
  | { readonly type: 'boolean'; readonly values: readonly (boolean | null)[] }
  | { readonly type: 'string'; readonly values: readonly (string | null)[] }
);

export interface PanelAnswer {
  readonly columns: readonly Column[];
}

export interface OptionsAnswer {
  readonly options: readonly string[];
}

/** What a request gets that failed, for people. */
export interface ErrorAnswer {
  readonly error: string;
}

/** An entry of the list of dashboards. */
export interface DashboardEntry {
  readonly uid: string;
  readonly title: string;
  readonly tags: readonly string[];
}
