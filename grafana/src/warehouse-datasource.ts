/** The datasource of every query. Provisioned by grafana/provisioning/datasources/warehouse.yaml. */
export const warehouseDatasource = { type: 'grafana-postgresql-datasource', uid: 'warehouse' };
