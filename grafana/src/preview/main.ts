/** The preview's server: shows the dashboards where no Grafana is installed. Usage: node main.ts FOLDER_OF_THE_BUILT_PAGE */
import { once } from 'node:events';
import { argv, env, exit, stderr } from 'node:process';

import { ConfigError, createLogger, exitCode, logFormatFor, readConfig, shutdownSignal } from '@pulse/runtime';

import { dashboardsFolder } from '../dashboards-folder.ts';
import { previewConfig } from './config.ts';
import { Dashboards } from './dashboards.ts';
import { readPageFiles } from './page-files.ts';
import { startServer } from './server.ts';
import { Warehouse } from './warehouse.ts';

try {
  exit(await main(argv[2]));
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  stderr.write(`${error.message}\n`);
  exit(exitCode.usage);
}

async function main(pageFolder: string | undefined): Promise<number> {
  if (pageFolder === undefined) throw new ConfigError('the folder of the built page is missing: node main.ts FOLDER');
  const config = readConfig(previewConfig, env);
  const logger = await createLogger({ name: 'preview', level: config.LOG_LEVEL, format: logFormatFor(stderr) });
  const stop = shutdownSignal();
  await using warehouse = new Warehouse({
    host: config.WAREHOUSE_DB_HOST,
    port: config.WAREHOUSE_DB_PORT,
    database: config.WAREHOUSE_DB_NAME,
    user: config.WAREHOUSE_READER_USER,
    password: config.WAREHOUSE_READER_PASSWORD,
  });
  const airflowUrl = (config.AIRFLOW_BASE_URL || `http://localhost:${config.AIRFLOW_PORT}`).replace(/\/+$/, '');
  const dashboards = await Dashboards.read(dashboardsFolder, airflowUrl);
  const page = await readPageFiles(pageFolder);
  await using server = await startServer(config.GRAFANA_PORT, { dashboards, warehouse, page, logger });
  logger.info({ url: server.url, dashboards: dashboards.entries().map(({ uid }) => uid) }, 'preview is up');
  if (!stop.aborted) await once(stop, 'abort');
  return exitCode.ok;
}
