// Operators at work: two nodes become partners by their pages, in three clicks on each side; blocks and lists.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { person } from './lib/browser.mjs';
import { faults } from './lib/checks.mjs';
import { Hand } from './lib/hand.mjs';
import { until } from './lib/node.mjs';
import { routes } from './lib/routes.mjs';

const MOST = 3;

export function peers(surroundings) {
  for (const scripts of [true, false]) {
    const how = scripts ? 'with scripts' : 'without scripts';

    const operator = async (node) => {
      const { browser } = surroundings();
      const page = await person(browser, node, 'moderator', 'fr', { hasTouch: true, javaScriptEnabled: scripts });
      return Hand.on(page, scripts);
    };

    const within = (hand) => {
      assert.ok(hand.done <= MOST, `${hand.done} interactions, ${MOST} allowed`);
      if (scripts) assert.equal(hand.heard, hand.done, 'what the page heard');
    };

    test(`two nodes become partners in three clicks on each side, ${how}`, async () => {
      const { world: { hub, fresh } } = surroundings();
      const asker = await operator(fresh);
      await asker.land(`${fresh.origin}/`);
      await asker.follow(asker.page.locator('.site-header a[href="/admin/peers"]'));
      await asker.page.fill('#host', hub.host);
      await asker.follow(asker.page.getByRole('button', { name: 'Regarder' }));
      const said = await asker.page.textContent('main');
      for (const words of ['Hub du Pays de Brume', 'rustine', 'Empreinte de sa clé', 'Ateliers à venir']) {
        assert.ok(said.includes(words), `${words} stands there before the request`);
      }
      await asker.page.fill('#groups', 'voisins');
      await asker.follow(asker.page.getByRole('button', { name: 'Demander le partenariat' }));
      assert.match(await asker.page.textContent('[role=status]'), /demande est partie/);
      within(asker);

      const state = async (node, host) => (await node.call(['peer', 'list'])).peers.find((peer) => peer.host === host)?.state;
      await until('the request arrives', async () => await state(hub, fresh.host) === 'asking');
      await until('the hub has asked back who that is', async () => (await hub.call(['peer', 'show', fresh.host])).name === 'Nouveau nœud');
      const answerer = await operator(hub);
      await answerer.land(`${hub.origin}/`);
      await answerer.follow(answerer.page.locator('.site-header a[href="/admin/peers"]'));
      await answerer.follow(answerer.page.getByRole('link', { name: 'Nouveau nœud' }));
      // What its proposals may do is part of the answer, and costs no step where nothing is changed.
      assert.ok(await answerer.page.getByRole('radio', { name: /suivre les règles|garder les règles/ }).isChecked());
      await answerer.follow(answerer.page.getByRole('button', { name: 'Accepter' }));
      assert.match(await answerer.page.textContent('[role=status]'), /conclu/);
      within(answerer);
      await answerer.page.getByRole('radio', { name: /attendre toujours/ }).check();
      await answerer.follow(answerer.page.getByRole('button', { name: 'Enregistrer ces choix' }));
      const rules = (await hub.call(['peer', 'policy', fresh.host])).rules;
      assert.ok(rules.some((rule) => rule.dataset === 'lieux' && rule.field === null && rule.outcome === 'queue'), JSON.stringify(rules));
      assert.match(await answerer.page.textContent('#proposals'), /Règles en vigueur pour ce partenaire/);
      await until('both are partners', async () => await state(fresh, hub.host) === 'accepted');

      // Ending it takes two.
      await asker.land(`${fresh.origin}/admin/peers`);
      await asker.follow(asker.page.getByRole('link', { name: 'Hub du Pays de Brume' }));
      await asker.follow(asker.page.getByRole('button', { name: /Terminer et garder/ }));
      assert.ok(asker.done <= 2);
      await until('the hub hears of it', async () => await state(hub, fresh.host) === 'removed');
      await Promise.all([asker, answerer].map((hand) => hand.page.context().close()));
    });
  }

  test('the page of a partner follows what goes on by itself, and not while nobody looks', async () => {
    const { browser, world: { hub, fresh } } = surroundings();
    await fresh.call(['peer', 'add', hub.host]);
    const page = await person(browser, fresh, 'moderator', 'fr');
    const plain = await person(browser, fresh, 'moderator', 'fr', { javaScriptEnabled: false });
    const address = `${fresh.origin}/admin/peers/${hub.host}`;
    let asked = 0;
    page.on('request', (request) => { if (request.resourceType() === 'fetch') asked += 1; });
    const hide = (hidden) => page.evaluate((to) => {
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => to });
      document.dispatchEvent(new Event('visibilitychange'));
    }, hidden);
    await page.goto(address);
    await plain.goto(address);
    assert.deepEqual(await faults(page, 'fr'), []);
    await page.waitForRequest((request) => request.resourceType() === 'fetch');
    await hide(true);
    // What was under way when the page was hidden may still end.
    await page.waitForLoadState('networkidle');
    const before = asked;
    await until('the request arrives', async () => (await hub.call(['peer', 'list'])).peers.some((peer) => peer.host === fresh.host && peer.state === 'asking'));
    await hub.call(['peer', 'accept', fresh.host, '--groups', 'voisins', '--proposals', 'drop']);
    await until('both are partners', async () => (await fresh.call(['peer', 'list'])).peers.find((peer) => peer.host === hub.host)?.state === 'accepted');
    assert.equal(asked, before, 'a hidden page asks nothing');
    assert.match(await page.textContent('.badge-line'), /Demandé/);
    await hide(false);
    await page.waitForFunction(() => document.querySelector('.badge-line').textContent.includes('Partenaire'));
    assert.match(await page.textContent('[data-island=watch]'), /Partenaire|à jour/);
    assert.deepEqual(await faults(page, 'fr'), []);
    // Without scripts nothing moves, and a link does the same.
    assert.match(await plain.textContent('.badge-line'), /Demandé/);
    await Promise.all([plain.waitForEvent('load'), plain.getByRole('link', { name: 'Relire cette page' }).click()]);
    assert.match(await plain.textContent('.badge-line'), /Partenaire/);
    const policy = await hub.call(['peer', 'policy', fresh.host]);
    assert.deepEqual(policy.groups, ['voisins']);
    assert.ok(policy.rules.every((rule) => rule.outcome === 'drop') && policy.rules.length > 0, JSON.stringify(policy));
    await fresh.call(['peer', 'remove', hub.host]);
    await Promise.all([page, plain].map((one) => one.context().close()));
  });

  test('operators are told of a request in the page', async () => {
    const { browser, world: { hub } } = surroundings();
    const page = await person(browser, hub, 'moderator', 'fr');
    await page.goto(`${hub.origin}/notifications`);
    const line = page.getByRole('link', { name: /demande un partenariat/ }).first();
    assert.match(await line.getAttribute('href'), /^\/admin\/peers\//);
    await page.goto(`${hub.origin}/account/notifications`);
    assert.ok(await page.getByText('Demandes de partenariat').count() > 0);
    const member = await person(browser, hub, 'member', 'fr');
    await member.goto(`${hub.origin}/account/notifications`);
    assert.equal(await member.getByText('Demandes de partenariat').count(), 0);
    await Promise.all([page, member].map((one) => one.context().close()));
  });

  test('every page that operators open by an address of its own is linked from theirs', async () => {
    const { browser, world: { hub } } = surroundings();
    const page = await person(browser, hub, 'moderator', 'fr');
    await page.goto(`${hub.origin}/`);
    await Promise.all([page.waitForEvent('load'), page.click('.site-header a[href="/admin"]')]);
    const linked = await page.$$eval('main a', (links) => links.map((link) => link.getAttribute('href')));
    // A look at an instance begins with its name, typed on the page of partners.
    const own = routes().filter((route) => route.startsWith('/admin/') && !route.includes('{') && route !== '/admin/peers/look');
    assert.ok(own.length >= 5, `${own}`);
    assert.deepEqual(own.filter((route) => !linked.includes(route)), []);
    for (const path of ['rules', 'team', 'votes', 'moderation-log', 'origin']) assert.ok(linked.includes(`/datasets/lieux/${path}`), path);
    await page.goto(`${hub.origin}/moderation`);
    assert.equal(await page.locator('main a[href="/moderation/reports"]').count(), 1);
    await page.context().close();
  });

  test('a search at a partner finds rows of its copies, each with its origin', async () => {
    const { browser, world: { hub, partner } } = surroundings();
    const page = await person(browser, partner, 'visitor', 'fr');
    await page.goto(`${partner.origin}/partners`);
    assert.equal(await page.locator('#rows').count(), 0);
    await page.fill('#q', 'annexe');
    await Promise.all([page.waitForEvent('load'), page.press('#q', 'Enter')]);
    const copy = page.locator('section[aria-labelledby=rows] > ul > li').first();
    assert.match(await copy.textContent(), new RegExp(`Copie vérifiée.*${hub.host}`));
    const first = copy.locator('ul a').first();
    const title = await first.textContent();
    assert.match(title, /annexe/i);
    await Promise.all([page.waitForEvent('load'), first.click()]);
    assert.ok(page.url().startsWith(`${partner.origin}/datasets/lieux@${hub.host}/rows/`), page.url());
    assert.ok((await page.textContent('h1')).includes(title));
    await page.goto(`${partner.origin}/partners?q=introuvable`);
    assert.match(await page.textContent('section[aria-labelledby=rows]'), /Aucune fiche/);
    await page.context().close();
  });

  test('a block is seen before it is made, and a list only proposes', async () => {
    const { browser, world: { hub } } = surroundings();
    const page = await person(browser, hub, 'moderator', 'fr');
    const turn = (act) => Promise.all([page.waitForEvent('load'), act()]);
    await page.goto(`${hub.origin}/admin/blocks`);
    await page.fill('#csv', '#domain,#severity\nun.example,suspend\ndeux.example,silence\n');
    await page.fill('#csv-name', 'essai');
    await turn(() => page.getByRole('button', { name: 'Lire un fichier CSV' }).click());
    assert.match(await page.textContent('#drafts'), /Un brouillon attend/);
    assert.deepEqual((await hub.call(['block', 'list'])).blocks, []);
    assert.deepEqual(await faults(page, 'fr'), []);
    await turn(() => page.getByRole('link', { name: /coupé un\.example/ }).click());
    assert.match(await page.textContent('section.notice'), /aucun lien/);
    assert.deepEqual(await faults(page, 'fr'), []);
    await turn(() => page.getByRole('button', { name: 'Appliquer' }).first().click());
    assert.deepEqual((await hub.call(['block', 'list'])).blocks.map((one) => one.domain), ['un.example']);
    await turn(() => page.getByRole('button', { name: /Lever le blocage/ }).first().click());
    assert.deepEqual((await hub.call(['block', 'list'])).blocks, []);
    await turn(() => page.getByRole('button', { name: /Retirer la liste/ }).first().click());
    await page.context().close();
  });
}
