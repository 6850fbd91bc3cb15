// Moderators at work: by keys, by Tab and Enter, and without scripts.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { person } from './lib/browser.mjs';
import { offerFrom } from './lib/world.mjs';

const FIELD = 'courriel';

/// Proposals of one kind that nothing else in this world waits for, oldest first in their queue.
async function propose(world, rows, kind) {
  for (const row of rows) {
    const value = `${kind}${row}@rives.example`;
    const ops = [{ op: 'set', row: world.rows[row], field: FIELD, value }];
    await offerFrom(world.hub, row, 'lieux', ops, kind);
  }
}

const done = (page) => page.textContent('[role=status]');
const turn = (page, act) => Promise.all([page.waitForEvent('load'), act()]);

/// Takes the proposals with this message, so that they are a queue of their own.
async function take(page, hub, kind) {
  for (;;) {
    await page.goto(`${hub.origin}/moderation?assignee=none`);
    const link = page.locator('tbody th a', { hasText: kind }).first();
    if (await link.count() === 0) return;
    await turn(page, () => link.click());
    await turn(page, () => page.getByRole('button', { name: 'Je m’en occupe' }).click());
  }
}

const queue = (hub) => `${hub.origin}/moderation?assignee=me`;

export function moderation(surroundings) {
  test('a moderator decides with one key per proposal', async () => {
    const { browser, world: { hub }, world } = surroundings();
    await propose(world, [50, 51, 52], 'touche');
    const page = await person(browser, hub, 'moderator', 'fr');
    await take(page, hub, 'touche');
    await page.goto(queue(hub));
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('k');
    await turn(page, () => page.keyboard.press('Enter'));
    assert.match(await page.textContent('main'), /touche/);
    await turn(page, () => page.keyboard.press('j'));
    await turn(page, () => page.keyboard.press('k'));
    await turn(page, () => page.keyboard.press('a'));
    assert.match(await done(page), /acceptée/);
    await turn(page, () => page.keyboard.press('a'));
    assert.match(await done(page), /acceptée/);
    await page.keyboard.press('r');
    assert.equal(await page.evaluate(() => document.activeElement.name), 'preset');
    await page.keyboard.press('Space');
    await turn(page, () => page.locator('#refuse button.danger').press('Enter'));
    assert.match(await done(page), /refusée/);
    assert.match(page.url(), /\/moderation\?assignee=me&done=refused$/, 'the queue is done');
    await page.context().close();
  });

  test('keys are silent in text, with a modifier, and once turned off', async () => {
    const { browser, world: { hub }, world } = surroundings();
    await propose(world, [53, 54], 'silence');
    const page = await person(browser, hub, 'moderator', 'fr');
    await take(page, hub, 'silence');
    await page.goto(queue(hub));
    await turn(page, () => page.locator('tbody th a').first().click());
    const here = page.url();
    await page.focus('#note');
    await page.keyboard.type('arkj? rien ne part');
    assert.equal(await page.inputValue('#note'), 'arkj? rien ne part');
    assert.equal(await page.locator('#refuse').getAttribute('open'), null);
    await page.locator('main').focus();
    await page.keyboard.press('Control+a');
    await page.keyboard.press('Alt+r');
    assert.equal(await page.locator('#refuse').getAttribute('open'), null);
    await page.keyboard.press('?');
    assert.equal(await page.isVisible('[data-keys=off]'), true);
    await page.click('[data-keys=off]');
    await page.locator('main').focus();
    await page.keyboard.press('r');
    await page.keyboard.press('?');
    assert.equal(await page.locator('#refuse').getAttribute('open'), null);
    await page.reload();
    await page.locator('main').focus();
    await page.keyboard.press('a');
    await page.keyboard.press('j');
    assert.equal(page.url(), here, 'off for the next page too');
    await page.click('#keys summary');
    await page.click('[data-keys=on]');
    await page.locator('main').focus();
    await page.keyboard.press('r');
    assert.notEqual(await page.locator('#refuse').getAttribute('open'), null);
    await page.context().close();
  });

  test('without scripts, Tab and Enter decide, note, undo and go on', async () => {
    const { browser, world: { hub }, world } = surroundings();
    await propose(world, [55, 56], 'enter');
    const page = await person(browser, hub, 'moderator', 'fr', { javaScriptEnabled: false });
    await take(page, hub, 'enter');
    await page.goto(queue(hub));
    assert.equal(await page.isVisible('#keys'), false, 'no shortcuts are promised');
    await turn(page, () => page.locator('tbody th a').first().press('Enter'));
    await page.locator('#note').fill('Vu sur place.');
    await turn(page, () => page.getByRole('button', { name: 'Enregistrer la note' }).press('Enter'));
    assert.match(await page.textContent('.note'), /Vu sur place\./);
    const review = page.url().split('?')[0];
    await turn(page, () => page.getByRole('button', { name: 'Accepter', exact: true }).press('Enter'));
    assert.match(await done(page), /acceptée.*suivante/s);
    await turn(page, () => page.getByRole('button', { name: 'Accepter', exact: true }).press('Enter'));
    await page.goto(review);
    await page.locator('#undo > summary').press('Enter');
    await turn(page, () => page.locator('#undo button.danger').press('Enter'));
    assert.match(await page.textContent('main'), /en annule une autre/);
    await page.context().close();
  });
}
