// What people do with their accounts, by keyboard, with and without scripts.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { NARROW, logIn, person } from './lib/browser.mjs';
import { keyboard } from './lib/checks.mjs';
import { Hand } from './lib/hand.mjs';
import { code } from './lib/totp.mjs';
import { PASSWORD, until } from './lib/node.mjs';
import { addDevice, half, invitation, newcomer, send } from './lib/visits-accounts.mjs';

export function accounts(surroundings) {
  for (const scripts of [true, false]) {
    const how = scripts ? 'with scripts' : 'without scripts';
    const open = (options = {}) => {
      const { browser, world } = surroundings();
      return person(browser, world.hub, 'visitor', 'fr', { viewport: NARROW, javaScriptEnabled: scripts, ...options });
    };

    test(`a second step is added and asked for, ${how}`, async () => {
      const { world } = surroundings();
      const page = await open();
      const user = await newcomer(page, world.hub);
      const secret = await addDevice(page, world.hub);
      const codes = await page.locator('.codes code').allTextContents();
      assert.equal(codes.length, 10);
      await half(page, world.hub, user);
      // The period of the code that switched it on is over for good; the next one is good already.
      await page.fill('#code', code(secret, 1));
      await page.press('#code', 'Enter');
      await page.waitForURL((url) => url.pathname === '/account');
      await half(page, world.hub, user);
      await page.fill('#code', codes[3].toUpperCase());
      await page.press('#code', 'Enter');
      await page.waitForURL((url) => url.pathname === '/account');
      await page.context().close();
    });

    test(`a log-in elsewhere is ended from the list, ${how}`, async () => {
      const { world } = surroundings();
      const [here, there] = [await open(), await open()];
      const user = await newcomer(here, world.hub);
      await half(there, world.hub, user);
      await here.goto(`${world.hub.origin}/account`);
      await send(here, here.locator('.entries button').first());
      assert.equal(await here.locator('.notice.done').count(), 1);
      await there.goto(`${world.hub.origin}/account`);
      assert.equal(new URL(there.url()).pathname, '/connexion');
      await Promise.all([here, there].map((page) => page.context().close()));
    });
  }

  for (const scripts of [true, false]) {
    const how = scripts ? 'with scripts' : 'without scripts';
    const open = () => {
      const { browser, world } = surroundings();
      return person(browser, world.hub, 'visitor', 'fr', { viewport: NARROW, javaScriptEnabled: scripts });
    };

    test(`an invitation that is handed over becomes an account, ${how}`, async () => {
      const { world } = surroundings();
      const page = await open();
      const user = `invitee${scripts ? 1 : 2}`;
      await page.goto(world.hub.origin + await invitation(world.hub));
      await page.fill('#email', `${user}@hub.example`);
      await page.fill('#name', user);
      await page.fill('#new', PASSWORD);
      await page.press('#new', 'Enter');
      // Its address was typed, so a letter asks first.
      const confirm = await world.hub.letter(`${user}@hub.example`, /http\S*\/address\/[\w-]+/);
      await page.goto(world.hub.origin + confirm);
      await send(page, page.locator('main form button'));
      await logIn(page, world.hub, user);
      await page.goto(`${world.hub.origin}/account`);
      assert.match(await page.textContent('main'), new RegExp(user));
      await page.context().close();
    });

    test(`a forgotten password is replaced by a letter, ${how}`, async () => {
      const { world } = surroundings();
      const page = await open();
      const user = await newcomer(page, world.hub);
      await page.context().clearCookies();
      await page.goto(`${world.hub.origin}/connexion`);
      await send(page, page.locator('a[href="/password"]'));
      await page.fill('#email', `${user}@hub.example`);
      await page.press('#email', 'Enter');
      const path = await world.hub.letter(`${user}@hub.example`, /http\S*\/password\/[\w-]+/);
      await page.goto(world.hub.origin + path);
      await page.fill('#new', PASSWORD);
      await send(page, page.locator('main form button'));
      await logIn(page, world.hub, user);
      await page.goto(world.hub.origin + path);
      assert.match(await page.textContent('h1'), /n’ouvre plus rien/);
      await page.context().close();
    });
  }

  for (const scripts of [false, true]) {
    test(`a dataset of another server is followed in two interactions, ${scripts ? 'with' : 'without'} scripts`, async () => {
      const { browser, world } = surroundings();
      const page = await person(browser, world.partner, 'visitor', 'fr', {
        viewport: NARROW, hasTouch: true, isMobile: true, javaScriptEnabled: scripts,
      });
      await newcomer(page, world.partner);
      const hand = await Hand.on(page, scripts);
      await hand.land(`${world.partner.origin}/follow`);
      await hand.write(page.locator('#q'), `@lieux@${world.hub.host}`);
      await Promise.all([page.waitForEvent('load'), page.press('#q', 'Enter')]);
      await hand.follow(page.locator('article form button'));
      assert.equal(hand.done, 2);
      if (scripts) assert.equal(hand.heard, 2, 'what the page heard');
      await until('the hub grants it', async () => {
        await page.reload();
        return (await page.textContent('.entries')).includes('Suivi');
      });
      // A dataset posts once an hour, so the second reader has nothing new.
      if (!scripts) await news(page, world);
      await page.goto(`${world.partner.origin}/follow`);
      await send(page, page.locator('.entries form button'));
      assert.equal(await page.locator('.entries').count(), 0);
      await page.context().close();
    });
  }

  test('the page of an account is usable by keyboard', async () => {
    const { browser, world } = surroundings();
    const page = await person(browser, world.hub, 'moderator', 'fr');
    for (const path of ['/account', '/account/second-step']) {
      await page.goto(world.hub.origin + path);
      assert.deepEqual(await keyboard(page), [], path);
    }
    await page.context().close();
  });
}

/// What changes at the hub is read at the partner.
async function news(page, world) {
  const ops = [{ op: 'set', row: world.rows[33], field: 'horaires', value: 'Tu 14:00-18:00' }];
  const { id } = await world.hub.api('POST', '/datasets/lieux/patches', { ops });
  await world.hub.api('POST', `/patches/${id}/accept`, undefined, world.token);
  await page.goto(`${world.partner.origin}/feed`);
  await until('the news arrive', async () => {
    await page.reload();
    return await page.locator('.entries article').count() > 0;
  });
  assert.match(await page.textContent('.entries'), /lieux@hub/);
  assert.equal(await page.locator('.entries script, .entries img').count(), 0);
}
