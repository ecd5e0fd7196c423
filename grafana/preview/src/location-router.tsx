import { locationService } from '@grafana/runtime';
import { useLayoutEffect, useState, type ReactNode } from 'react';
import { Router, type Navigator, type NavigationType } from 'react-router-dom';

const history = locationService.getHistory();

/** Routes by Grafana's own history, which is of an older kind than the router's. */
export function LocationRouter({ children }: { readonly children: ReactNode }) {
  const [location, setLocation] = useState(history.location);
  useLayoutEffect(() => history.listen(setLocation), []);
  return (
    <Router location={location} navigationType={history.action as NavigationType} navigator={history as Navigator}>
      {children}
    </Router>
  );
}
