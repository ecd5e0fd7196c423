import * as z from 'zod';

interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string | undefined;
  'Index Name'?: string | undefined;
  'Actual Rows'?: number | undefined;
  'Actual Loops'?: number | undefined;
  Plans?: PlanNode[] | undefined;
}

const node: z.ZodType<PlanNode> = z.object({
  'Node Type': z.string(),
  'Relation Name': z.string().optional(),
  'Index Name': z.string().optional(),
  'Actual Rows': z.number().optional(),
  'Actual Loops': z.number().optional(),
  get Plans() {
    return z.array(node).optional();
  },
});

const explained = z.tuple([z.object({ Plan: node })]);

/** Reads the answer of `explain (analyze, format json)`. @throws if it has another form. */
export function readPlan(answer: unknown): PlanNode {
  return explained.parse(answer)[0].Plan;
}

/** How a plan reads its tables, such as `Index Scan sales_per_minute_pkey: 200,130 rows`. */
export function scansOf(plan: PlanNode): readonly string[] {
  const { 'Relation Name': relation, 'Index Name': index, Plans: children = [] } = plan;
  const below = children.flatMap(scansOf);
  if (relation === undefined) return below;
  const rows = Math.round((plan['Actual Rows'] ?? 0) * (plan['Actual Loops'] ?? 1));
  return [`${plan['Node Type']} ${index ?? relation}: ${rows.toLocaleString('en')} rows`, ...below];
}
