/** Name of the hidden constant that holds Airflow's address. */
export const airflowVariableName = 'airflow';

/**
 * Airflow's address as the committed dashboards have it: that of development. grafana/start.sh and the preview put
 * the installation's own in its place.
 */
export const developmentAirflowUrl = 'http://localhost:8080';
