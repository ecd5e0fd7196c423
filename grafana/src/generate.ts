/**
 * Writes the dashboards and the alert rules that Grafana is provisioned with.
 * Usage: pnpm --filter @pulse/grafana run generate
 */
import { writeFile } from 'node:fs/promises';

import { dashboardsFolder } from './dashboards-folder.ts';
import { rulesFile, rulesText } from './alerts/rules-file.ts';
import { dashboardFiles } from './generated-files.ts';

for (const [name, text] of dashboardFiles()) await writeFile(new URL(name, dashboardsFolder), text);
await writeFile(rulesFile, rulesText());
