// Unpacks the package's browser, its libraries and its font into the folder that TMPDIR names: the package takes no other.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { inflate } from '@sparticuz/chromium';

const packageFolder = dirname(dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium')));
for (const archive of ['chromium.br', 'al2023.tar.br', 'fonts.tar.br'])
  await inflate(join(packageFolder, 'bin', archive));
