// A moderator of one node decides on the data of another, in the pages that she uses for her own.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { person } from './lib/browser.mjs';
import { faults } from './lib/checks.mjs';
import { Hand } from './lib/hand.mjs';
import { MODERATOR, until } from './lib/node.mjs';
import { offerFrom } from './lib/world.mjs';

const MOST = 2;

export function comoderation(surroundings) {
  for (const scripts of [true, false]) {
    const how = scripts ? 'with scripts' : 'without scripts';

    test(`a proposal on another node is decided in two interactions, ${how}`, async () => {
      const { browser, world: { hub, partner, rows } } = surroundings();
      await hub.call(['policy', 'lieux', '--quorum', '1', '--owner-required', 'no']);
      const grant = await hub.call(['grant', 'add', 'lieux', '--to', `${MODERATOR}@${partner.host}`, '--role', 'write']);
      const summary = scripts ? 'voisine' : 'voisin';
      const row = scripts ? 57 : 58;
      const ops = [{ op: 'set', row: rows[row], field: 'courriel', value: `${summary}@rives.example` }];
      const { id } = await offerFrom(hub, 7_000 + row, 'lieux', ops, summary);

      const page = await person(browser, partner, 'moderator', 'fr', { hasTouch: true, javaScriptEnabled: scripts });
      const hand = await Hand.on(page, scripts);
      // Her own copy of the log says that she may, and her own copy of the queue holds the proposal.
      const link = page.locator('tbody th a').filter({ hasText: new RegExp(`${summary}(?!e)`) });
      await until('the proposal in the queue of the partner', async () => {
        await hand.land(`${partner.origin}/moderation`);
        return await link.count() === 1;
      });
      await hand.follow(link);
      const said = await page.textContent('main');
      assert.ok(said.includes(hub.host), 'it says where the opinion is counted');
      // What looks for faults is itself a script, so that it never ends where scripts are off.
      const wrong = scripts ? await faults(page, 'fr') : [];
      await hand.follow(page.getByRole('button', { name: 'Accepter', exact: true }));
      assert.match(await page.textContent('[role=status]'), /signé/);
      assert.equal(hand.done, MOST);
      if (scripts) assert.equal(hand.heard, MOST, 'what the page heard');
      assert.deepEqual(wrong, []);

      const state = async (node) => (await node.call(['patch', 'show', id])).status;
      await until('the hub decides', async () => await state(hub) === 'accepted');
      await until('the partner hears of it', async () => await state(partner) === 'accepted');
      await hub.call(['grant', 'revoke', grant.id]);
      await page.context().close();
    });
  }
}
