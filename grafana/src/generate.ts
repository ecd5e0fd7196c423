/**
 * Writes the dashboards that Grafana is provisioned with.
 * Usage: pnpm --filter @pulse/grafana run generate
 */
import { writeFile } from 'node:fs/promises';

import { dashboardsFolder, generatedFiles } from './generated-files.ts';

for (const [name, text] of generatedFiles()) await writeFile(new URL(name, dashboardsFolder), text);
