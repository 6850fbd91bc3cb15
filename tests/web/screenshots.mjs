// Pictures of every page for people to look at, in tests/.cache/screenshots (which git ignores):
//   RUSTINE_BIN=… npm --prefix tests/web run screenshots [-- NAME…]

import { mkdir, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { LANGUAGES, MIDDLE, NARROW, WIDE, launch, person } from './lib/browser.mjs';
import { VISITS, open } from './lib/visits.mjs';
import { world } from './lib/world.mjs';

const FOLDER = fileURLToPath(new URL('../.cache/screenshots/', import.meta.url));
const THEMES = ['light', 'dark'];

const wanted = process.argv.slice(2);
const [browser, made] = await Promise.all([launch(), world()]);
try {
  if (wanted.length === 0) await rm(FOLDER, { recursive: true, force: true });
  await mkdir(FOLDER, { recursive: true });
  for (const visit of VISITS.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
    for (const language of LANGUAGES) {
      const page = await person(browser, made[visit.on ?? 'hub'], visit.who ?? 'visitor', language);
      await open(visit, page, made);
      for (const size of [NARROW, MIDDLE, WIDE]) {
        for (const colorScheme of THEMES) {
          await page.setViewportSize(size);
          await page.emulateMedia({ colorScheme });
          const name = `${visit.name}.${language}.${size.width}.${colorScheme}.png`;
          await page.screenshot({ path: FOLDER + name, fullPage: true });
        }
      }
      await page.context().close();
    }
  }
  console.log(`pictures in ${FOLDER}`);
} finally {
  await browser.close();
  await made.stop();
}
