import './grafana-globals.ts';
import './page.css';

import { locationService, LocationServiceProvider } from '@grafana/runtime';
import { GlobalStyles, PortalContainer, ThemeContext } from '@grafana/ui';
import type { GrafanaTheme2 } from '@grafana/data';
import { createRoot } from 'react-dom/client';
import { Navigate, Route, Routes, useParams } from 'react-router-dom';

import { DashboardPage } from './dashboard-page.tsx';
import { chosenTheme, setUpGrafana } from './grafana-runtime.ts';
import { LocationRouter } from './location-router.tsx';

const theme = chosenTheme();
await setUpGrafana(theme);
const root = document.getElementById('root');
if (root === null) throw new Error('the page has no element of the id root');
createRoot(root).render(<Page theme={theme} />);

function Page({ theme: current }: { readonly theme: GrafanaTheme2 }) {
  return (
    <ThemeContext.Provider value={current}>
      <GlobalStyles />
      <LocationServiceProvider service={locationService}>
        <LocationRouter>
          <Routes>
            <Route path="/" element={<Navigate to="/d/sales-pulse" replace />} />
            <Route path="/d/:uid/*" element={<CurrentDashboard />} />
          </Routes>
        </LocationRouter>
      </LocationServiceProvider>
      <PortalContainer />
    </ThemeContext.Provider>
  );
}

/** Another dashboard is another page: nothing of the last one lives on. */
function CurrentDashboard() {
  const { uid = '' } = useParams();
  return <DashboardPage key={uid} uid={uid} />;
}
