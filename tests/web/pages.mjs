// Every page: no accessibility fault in either language and theme, nothing that sticks out, usable by keyboard.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { LANGUAGES, person } from './lib/browser.mjs';
import { faults, keyboard } from './lib/checks.mjs';
import { routes } from './lib/routes.mjs';
import { VISITS, open } from './lib/visits.mjs';

/// Pages that are gone through with the Tab key.
const BY_KEYBOARD = ['table', 'row', 'correct-errors', 'remove', 'tracking-pending', 'log-in', 'queue', 'review-several'];
/// Pages looked at side by side.
const LANES = 3;

export function pages(surroundings) {
  test('every page of the router is visited', () => {
    const visited = new Set(VISITS.map((visit) => visit.route).filter(Boolean));
    const known = routes();
    assert.deepEqual(known.filter((route) => !visited.has(route)), [], 'without a visit');
    assert.deepEqual([...visited].filter((route) => !known.includes(route)), [], 'no such route');
  });

  for (const language of LANGUAGES) {
    test(`pages in ${language}`, { concurrency: LANES }, async (t) => {
      const { browser, world } = surroundings();
      await Promise.all(VISITS.map((visit) => t.test(visit.name, async () => {
        const page = await person(browser, world[visit.on ?? 'hub'], visit.who ?? 'visitor', language);
        try {
          const status = await open(visit, page, world);
          assert.equal(status, visit.status ?? 200);
          const wrong = await faults(page, language);
          if (language === 'fr' && BY_KEYBOARD.includes(visit.name)) wrong.push(...await keyboard(page));
          assert.deepEqual(wrong, []);
        } finally {
          await page.context().close();
        }
      })));
    });
  }

  test('the link to the content skips the navigation', async () => {
    const { browser, world } = surroundings();
    const page = await person(browser, world.hub, 'visitor', 'fr');
    await page.goto(`${world.hub.origin}/datasets/lieux`);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    const inside = await page.evaluate(() => document.querySelector('main').contains(document.activeElement));
    assert.ok(inside);
    await page.context().close();
  });
}
