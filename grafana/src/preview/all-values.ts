/** How the page writes that all values of a variable are chosen; Grafana's own notation. */
export const allValues = '$__all';
