#!/usr/bin/env bash
# Chromium 153 (headless shell of @sparticuz/chromium 153.0.0, driven by playwright-core 1.65.1) on a machine without a locale,
# as most containers are (LANG and LC_ALL not set).
#
# Expected: navigator.language is a language tag, as en-US; pages give it to Intl.
# Seen:     it is "en-US@posix", which is none: new Intl.NumberFormat(navigator.language) throws a RangeError. A page that formats
#           numbers in the reader's language (Grafana's packages do) stays empty, without a failed request.
# Way round: browser.newContext({ locale: 'en-US' }).
# Needs Node.js 20 or newer (a Node 24 comes from npm) and Linux on x64. Ends with 0 while this is so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true,"type":"module"}' >package.json
npm install --silent --no-audit --no-fund node@24.21.0 @sparticuz/chromium@153.0.0 playwright-core@1.65.1
mkdir out
cat >look.js <<'JS'
import { inflate } from '@sparticuz/chromium';
import { chromium } from 'playwright-core';

const bin = 'node_modules/@sparticuz/chromium/bin';
const executablePath = await inflate(`${bin}/chromium.br`);
const libraries = await inflate(`${bin}/al2023.tar.br`);
const env = { PATH: process.env.PATH, HOME: process.env.TMPDIR, LD_LIBRARY_PATH: `${libraries}/lib` };
const browser = await chromium.launch({ executablePath, env, chromiumSandbox: false });
const look = async (options) => {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  return page.evaluate(`(() => {
    try { return navigator.language + ': ' + new Intl.NumberFormat(navigator.language).format(1234.5); }
    catch (error) { return navigator.language + ': ' + error.name; }
  })()`);
};
console.log(`${browser.version()} | ${await look({})} | ${await look({ locale: 'en-US' })}`);
await browser.close();
JS
seen=$(env -u LANG -u LC_ALL -u LC_MESSAGES -u LANGUAGE TMPDIR="$folder/out" node_modules/.bin/node look.js)
echo "browser | without a locale | with a locale of its own: $seen"
case $seen in
  *'| en-US@posix: RangeError | en-US: 1,234.5') echo 'as described' ;;
  *) echo 'no longer as described'; exit 1 ;;
esac
