// The journeys of citizens and moderators on real nodes, on a phone of 320 px, with and without scripts: each within
// the interactions that the product allows.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { NARROW, person } from './lib/browser.mjs';
import { Hand } from './lib/hand.mjs';
import { until } from './lib/node.mjs';
import { READING_MS } from './lib/visits.mjs';

const PHONE = { viewport: NARROW, hasTouch: true, isMobile: true };

export function journeys(surroundings) {
  for (const scripts of [true, false]) {
    const how = scripts ? 'with scripts' : 'without scripts';

    const visit = async (node, role) => {
      const { browser } = surroundings();
      const page = await person(browser, node, role, 'fr', { ...PHONE, javaScriptEnabled: scripts });
      return Hand.on(page, scripts);
    };

    const within = (hand, most) => {
      assert.ok(hand.done <= most, `${hand.done} interactions, ${most} allowed`);
      if (scripts) assert.equal(hand.heard, hand.done, 'what the page heard');
    };

    test(`a citizen corrects in four taps, a moderator accepts in two clicks, ${how}`, async () => {
      const { world } = surroundings();
      const number = scripts ? 20 : 21;
      const citizen = await visit(world.hub, 'visitor');
      const status = await correct(citizen, `${world.hub.origin}/datasets/lieux`, number, within);
      assert.match(await citizen.page.textContent('main'), /en attente/);

      const moderator = await visit(world.hub, 'moderator');
      await decide(moderator, world.hub, within);

      await citizen.page.goto(status);
      assert.equal(await citizen.page.getAttribute('[data-status]', 'data-status'), 'accepted');
      await Promise.all([citizen, moderator].map((hand) => hand.page.context().close()));
    });

    test(`a citizen corrects a partner's data from here in four taps, ${how}`, async () => {
      const { world } = surroundings();
      const number = scripts ? 22 : 23;
      const citizen = await visit(world.partner, 'visitor');
      const status = await correct(citizen, `${world.partner.origin}${world.copy}`, number, within);
      assert.ok((await citizen.page.textContent('main')).includes(`en attente chez ${world.hub.host}`));
      await received(world, number);

      const moderator = await visit(world.hub, 'moderator');
      await decide(moderator, world.hub, within);

      await until('the citizen reads the answer', async () => {
        await citizen.page.goto(status);
        return await citizen.page.getAttribute('[data-status]', 'data-status') === 'accepted';
      });
      await until('the copy holds the new value', async () => {
        const row = await world.partner.api('GET', `${world.copy}/rows/${world.rows[number]}`);
        return row.cells.horaires === hours(number);
      });
      await Promise.all([citizen, moderator].map((hand) => hand.page.context().close()));
    });

    test(`a moderator accepts many alike in two clicks, ${how}`, async () => {
      const { world } = surroundings();
      const base = scripts ? 30 : 40;
      for (let row = base; row < base + 3; row += 1) {
        const value = `accueil${row}@rives.example`;
        const ops = [{ op: 'set', row: world.rows[row], field: 'courriel', value }];
        await world.hub.api('POST', '/datasets/lieux/patches', { ops });
      }
      const moderator = await visit(world.hub, 'moderator');
      await moderator.land(`${world.hub.origin}/moderation`);
      await moderator.follow(moderator.page.getByRole('link', { name: /3 propositions semblables.*Courriel/ }));
      await moderator.follow(moderator.page.getByRole('button', { name: /Accepter les propositions/ }).first());
      assert.match(await moderator.page.textContent('[role=status]'), /3 propositions acceptées/);
      within(moderator, 2);
      await moderator.page.context().close();
    });

    test(`name and address are kept only with consent, ${how}`, async () => {
      const { world } = surroundings();
      const citizen = await visit(world.hub, 'visitor');
      const { page } = citizen;
      await page.goto(`${world.hub.origin}/datasets/lieux/rows/${world.rows[24]}/correct`);
      assert.equal(await page.isVisible('#consent'), false, 'nothing to agree to yet');
      await page.fill('[name="f.horaires"]', hours(24));
      await page.fill('#name', 'Ana');
      await page.waitForTimeout(READING_MS);
      assert.equal(await page.isVisible('#consent'), true);
      await citizen.follow(page.getByRole('button', { name: 'Envoyer' }));
      assert.match(await page.textContent('#problems'), /accord/);
      assert.equal(await page.inputValue('#name'), 'Ana', 'what was typed is kept');
      assert.equal(await page.inputValue('[name="f.horaires"]'), hours(24));
      await page.check('#consent');
      await page.waitForTimeout(READING_MS);
      await citizen.follow(page.getByRole('button', { name: 'Envoyer' }));
      assert.match(page.url(), /\/suivi\//);
      await page.context().close();
    });
  }
}

const hours = (number) => `Mo-Fr ${String(number % 12).padStart(2, '0')}:00-18:00`;

/// Journey 2 (and 5, on a copy): row, correct, change the cell, send. Gives the address of the private page.
async function correct(hand, landing, number, within) {
  const { page } = hand;
  await hand.land(landing);
  await hand.follow(page.locator('tbody tr').nth(number).locator('th a'));
  await hand.follow(page.getByRole('link', { name: 'Corriger cette fiche' }));
  await hand.write(page.locator('[name="f.horaires"]'), hours(number));
  await page.waitForTimeout(READING_MS);
  await hand.follow(page.getByRole('button', { name: 'Envoyer' }));
  within(hand, 4);
  const status = await page.getAttribute('a.address', 'href');
  await page.goto(status);
  const changed = await page.locator('.operation tbody tr').count();
  assert.equal(changed, 1, 'only the changed cell was sent');
  return status;
}

/// The proposal that was made at the partner stands in the hub's queue.
async function received(world, number) {
  await until('the proposal reaches the hub', async () => {
    const { patches } = await world.hub.api('GET', '/datasets/lieux/patches?status=pending', undefined, world.token);
    return patches.find((patch) => patch.origin === world.partner.host && patch.ops.some((op) => op.row === world.rows[number]));
  });
}

/// Journey 3, from the queue: open the newest proposal, accept.
async function decide(hand, hub, within) {
  const { page } = hand;
  await hand.land(`${hub.origin}/moderation`);
  await hand.follow(page.locator('tbody th a').first());
  await hand.follow(page.getByRole('button', { name: 'Accepter', exact: true }));
  assert.match(await page.textContent('[role=status]'), /acceptée/);
  within(hand, 2);
}
