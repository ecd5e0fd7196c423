/** Where dashboards are written to, and provisioned from. */
export const dashboardsFolder = new URL('../dashboards/', import.meta.url);
