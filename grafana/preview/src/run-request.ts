import { LoadingState, type DataQueryRequest, type DataSourceApi, type PanelData } from '@grafana/data';
import { toDataQueryError } from '@grafana/runtime';
import { catchError, from, isObservable, map, of, startWith, type Observable } from 'rxjs';

/**
 * Runs a panel's queries, as Grafana's application does for its packages: loading, then one answer. A failure becomes a
 * state that the panel shows.
 */
export function runRequest(datasource: DataSourceApi, request: DataQueryRequest): Observable<PanelData> {
  const loading: PanelData = { state: LoadingState.Loading, series: [], timeRange: request.range, request };
  const answer = datasource.query(request);
  return (isObservable(answer) ? answer : from(answer)).pipe(
    map((response): PanelData => ({ ...loading, state: LoadingState.Done, series: response.data })),
    catchError((cause: unknown) => {
      const error = toDataQueryError(cause);
      return of({ ...loading, state: LoadingState.Error, error, errors: [error] });
    }),
    startWith(loading),
  );
}
