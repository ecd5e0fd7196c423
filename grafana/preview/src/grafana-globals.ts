declare global {
  interface Window {
    /** Where Grafana's components find icons and fonts. */
    __grafana_public_path__?: string;
    /** What Grafana's server writes into its page; the packages read it when they are loaded. */
    grafanaBootData?: unknown;
  }
}

window.__grafana_public_path__ = '/public/';
window.grafanaBootData = { assets: { dark: '', light: '' }, settings: {}, user: {}, navTree: [] };

export {};
