// Reading: the map with and without scripts, by keyboard and on a phone, its weight, who is asked, a slow line.

import assert from 'node:assert/strict';
import http from 'node:http';
import { test } from 'node:test';

import { LANGUAGES, NARROW, person } from './lib/browser.mjs';
import { faults, keyboard, overflow, violations } from './lib/checks.mjs';
import { Node, until } from './lib/node.mjs';
import { SCHEMA, csv } from './lib/places.mjs';

/// What may travel for a page, in bytes, tiles not counted.
const ROW_BYTES = 60_000;
const MAP_BYTES = 140_000;
/// The line of a phone in the country: 1.6 Mb/s and 300 ms there and back; the first row is read within 3 s.
const SLOW = { offline: false, latency: 300, downloadThroughput: 1_600_000 / 8, uploadThroughput: 750_000 / 8 };
const PATIENCE_MS = 3_000;
const ROWS = 300;

/// One blue point, as every tile of a map.
const TILE = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPj/HwADAgH/p9+8VwAAAABJRU5ErkJggg==', 'base64');

/// A server on loopback that answers everything alike, and remembers what it was asked.
async function server(answer) {
  const asked = [];
  const made = http.createServer((request, response) => {
    asked.push(request);
    answer(request, response);
  });
  await new Promise((ready) => made.listen(0, '127.0.0.1', ready));
  return { asked, port: made.address().port, stop: () => new Promise((done) => { made.close(done); made.closeAllConnections(); }) };
}

/// A node of its own, whose operator chose a source of tiles and a geocoder.
async function mapped() {
  const tiles = await server((request, response) => response.writeHead(200, { 'content-type': 'image/png' }).end(TILE));
  const geocoder = await server((request, response) => {
    const feature = (label, lon, lat) => ({ type: 'Feature', geometry: { type: 'Point', coordinates: [lon, lat] }, properties: { label } });
    const features = [feature('12 Rue des <b>Tanneurs</b> 01990 Brume-sur-Loue', 6.1234, 47.2345), feature('Rue des Tanneurs 01991 Saint-Ambre', 6.5, 47.5)];
    response.writeHead(200, { 'content-type': 'application/geo+json' }).end(JSON.stringify({ type: 'FeatureCollection', features }));
  });
  const node = await Node.start('carte', 'La carte', {
    RUSTINE_MAP__TILES: `http://tuiles.localhost:${tiles.port}/{z}/{x}/{y}.png`,
    RUSTINE_MAP__ATTRIBUTION: '© les personnes qui font la carte',
    RUSTINE_GEOCODER__URL: `http://geo.localhost:${geocoder.port}/search`,
  });
  const schema = await node.file('schema.json', JSON.stringify(SCHEMA));
  const file = await node.file('lieux.csv', csv(ROWS));
  await node.call(['dataset', 'import', file, '--name', 'lieux', '--schema', schema, '--license', 'etalab-2.0', '--key', 'id', '--publish']);
  const stop = () => Promise.all([node.stop(), tiles.stop(), geocoder.stop()]);
  return { node, tiles, geocoder, stop };
}

/// Bytes that travelled for a page, by host.
async function weigh(page) {
  const client = await page.context().newCDPSession(page);
  await client.send('Network.enable');
  await client.send('Network.setCacheDisabled', { cacheDisabled: true });
  const hosts = new Map();
  const bytes = new Map();
  client.on('Network.requestWillBeSent', ({ requestId, request }) => hosts.set(requestId, new URL(request.url).host));
  client.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const host = hosts.get(requestId);
    bytes.set(host, (bytes.get(host) ?? 0) + encodedDataLength);
  });
  return { client, bytes };
}

const ready = (page) => page.waitForSelector('[data-island=map][data-ready]');
const inList = (page) => page.locator('#map-list [data-row]').count();

export function reading(surroundings) {
  let made;
  const world = async () => { made ??= mapped(); return made; };

  test.after(async () => { if (made) await (await made).stop(); });

  test('a map moves, and its list, its address and its picture stay in step', async () => {
    const { browser } = surroundings();
    const { node } = await world();
    const page = await person(browser, node, 'visitor', 'fr');
    const errors = [];
    page.on('console', (message) => { if (message.type() === 'error') errors.push(message.text()); });
    page.on('pageerror', (error) => errors.push(String(error)));
    await page.goto(`${node.origin}/datasets/lieux?view=map&field.typologie=Mairie`);
    await ready(page);
    assert.match(await page.textContent('#map-status'), /75 fiches/);
    await page.locator('.ground .cluster').first().click();
    await page.waitForURL(/bbox=/);
    await until('the list shows what the map shows', async () => await page.locator('.ground .leaflet-marker-icon').count() > 0 && !/75 fiches/.test(await page.textContent('#map-status')));
    assert.match(page.url(), /field\.typologie=Mairie/);
    const shown = await page.textContent('#map-status');
    // Whoever gets the address sees the same, without scripts too.
    const other = await person(browser, node, 'visitor', 'fr', { javaScriptEnabled: false });
    await other.goto(page.url());
    assert.equal((await other.textContent('#map-status')).trim(), shown.trim());
    assert.deepEqual(errors, []);
    await Promise.all([page, other].map((one) => one.context().close()));
  });

  test('without scripts the map is a picture that leads to a place', async () => {
    const { browser } = surroundings();
    const { node } = await world();
    const page = await person(browser, node, 'visitor', 'fr', { javaScriptEnabled: false, viewport: NARROW });
    await page.goto(`${node.origin}/datasets/lieux?view=map`);
    for (let zooms = 0; zooms < 12 && await page.locator('svg.picture a[data-row]').count() === 0; zooms += 1) {
      await page.locator('svg.picture a').first().click();
      await page.waitForLoadState();
    }
    await page.locator('svg.picture a[data-row]').first().click();
    await page.waitForURL(/\/rows\//);
    await page.context().close();
  });

  test('a map is used with the keyboard alone', async () => {
    const { browser } = surroundings();
    const { node } = await world();
    const page = await person(browser, node, 'visitor', 'fr');
    await page.goto(`${node.origin}/datasets/lieux?view=map`);
    await ready(page);
    const before = await page.textContent('#map-status');
    await page.locator('.ground .cluster').first().focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(/bbox=/);
    await until('the map has moved', async () => await page.textContent('#map-status') !== before);
    await page.locator('.ground').focus();
    const here = page.url();
    await page.keyboard.press('ArrowRight');
    await page.waitForURL((url) => url.href !== here);
    await page.locator('.skip-map a').focus();
    await page.keyboard.press('Enter');
    const inside = await page.evaluate(() => document.activeElement?.id);
    assert.equal(inside, 'map-list');
    await page.context().close();
  });

  for (const language of LANGUAGES) {
    for (const scripts of [true, false]) {
      test(`maps have no fault in ${language} ${scripts ? 'with' : 'without'} scripts`, async () => {
        const { browser } = surroundings();
        const { node } = await world();
        for (const path of ['?view=map', '?view=map&bbox=6,47,6.3,47.2', '?field.typologie=Mairie', '/add']) {
          const page = await person(browser, node, 'visitor', language);
          // The checks are scripts themselves, so the page's own are kept away instead of all.
          if (!scripts) await page.route(/\/assets\/.*\.js$/, (route) => route.abort());
          await page.goto(`${node.origin}/datasets/lieux${path}`);
          if (scripts && path.includes('map')) await ready(page);
          if (!path.includes('map')) await page.evaluate(() => { for (const one of document.querySelectorAll('details')) one.open = true; });
          assert.deepEqual(await faults(page, language), [], path);
          if (!scripts && language === 'fr') assert.deepEqual(await keyboard(page), [], path);
          await page.context().close();
        }
      });
    }
  }

  test('pages weigh what they may, and only the chosen source of tiles is asked', async () => {
    const { browser } = surroundings();
    const { node, tiles } = await world();
    const page = await person(browser, node, 'visitor', 'fr');
    const { bytes } = await weigh(page);
    const answer = await page.goto(`${node.origin}/datasets/lieux?view=map`);
    await ready(page);
    await page.waitForLoadState('networkidle');
    const map = bytes.get(node.host);
    const policy = answer.headers()['content-security-policy'];
    assert.ok(policy.includes(`img-src 'self' http://tuiles.localhost:${tiles.port};`), policy);
    assert.deepEqual([...bytes.keys()].sort(), [node.host, `tuiles.localhost:${tiles.port}`].sort());
    assert.match(await page.textContent('main'), /tuiles\.localhost/, 'the page names the source');
    assert.ok(tiles.asked.every(({ headers }) => !(headers.referer ?? '').includes('/datasets')), 'the source learns no page');
    bytes.clear();
    await page.goto(`${node.origin}${await page.getAttribute('#map-list [data-row] > a', 'href')}`);
    await page.waitForLoadState('networkidle');
    const row = bytes.get(node.host);
    assert.deepEqual([...bytes.keys()], [node.host]);
    console.log(`# bytes: map ${map}, row ${row}`);
    assert.ok(map <= MAP_BYTES, `the map weighs ${map}`);
    assert.ok(row <= ROW_BYTES, `the row weighs ${row}`);
    await page.context().close();
  });

  test('on a slow line the first row is read within three seconds', async () => {
    const { browser } = surroundings();
    const { node } = await world();
    for (const path of ['/datasets/lieux', '/datasets/lieux?view=map']) {
      const page = await person(browser, node, 'visitor', 'fr', { viewport: NARROW });
      const { client } = await weigh(page);
      await client.send('Network.emulateNetworkConditions', SLOW);
      const started = Date.now();
      const loading = page.goto(`${node.origin}${path}`, { waitUntil: 'commit' });
      await page.locator('tbody th a, #map-list [data-row] > a').first().waitFor({ state: 'visible' });
      const took = Date.now() - started;
      await loading;
      console.log(`# ${path}: first row after ${took} ms`);
      assert.ok(took <= PATIENCE_MS, `${path}: ${took} ms`);
      await page.context().close();
    }
  });

  for (const scripts of [true, false]) {
    test(`an address becomes a place in a form ${scripts ? 'with' : 'without'} scripts`, async () => {
      const { browser } = surroundings();
      const { node, geocoder } = await world();
      const page = await person(browser, node, 'visitor', 'fr', { javaScriptEnabled: scripts, viewport: NARROW });
      const hosts = new Set();
      page.on('request', (request) => hosts.add(new URL(request.url()).host));
      await page.goto(`${node.origin}/datasets/lieux/add`);
      await page.fill('[name="f.nom"]', 'Nouveau lieu');
      await page.fill('#address', '12 rue des tanneurs, brume');
      await Promise.all([page.waitForEvent('load'), page.click('[name=find-address]')]);
      assert.equal(await page.inputValue('[name="f.nom"]'), 'Nouveau lieu', 'what was typed is kept');
      const place = page.getByLabel('12 Rue des <b>Tanneurs</b> 01990');
      await place.check();
      if (scripts) assert.equal(await page.inputValue('[name="f.latitude"]'), '47.2345');
      // The checks are scripts, which have no time where there are none.
      assert.deepEqual([...(scripts ? await violations(page) : []), ...(await overflow(page))], []);
      await page.fill('[name="f.id"]', `PB-${scripts ? 901 : 902}`);
      await page.fill('[name="f.commune"]', 'Brume-sur-Loue');
      await page.waitForTimeout(2_500);
      await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name: 'Envoyer' }).click()]);
      assert.match(page.url(), /\/suivi\//);
      await page.goto(await page.getAttribute('a.address', 'href'));
      assert.match(await page.textContent('main'), /47[.,]2345/);
      assert.ok(!hosts.has(`geo.localhost:${geocoder.port}`), 'the browser never asks the geocoder');
      assert.ok(geocoder.asked.length > 0 && geocoder.asked.every((one) => !one.headers['x-forwarded-for']));
      await page.context().close();
    });
  }

  test('a place is picked on a map, with the pointer and with the keyboard', async () => {
    const { browser } = surroundings();
    const { node } = await world();
    const page = await person(browser, node, 'visitor', 'fr');
    await page.goto(`${node.origin}/datasets/lieux/add`);
    await page.getByRole('button', { name: 'Choisir sur la carte' }).click();
    await page.waitForSelector('[data-island=pick][data-ready]');
    assert.equal(await page.evaluate(() => document.activeElement?.className.includes('ground')), true);
    await page.locator('.ground').click({ position: { x: 60, y: 60 } });
    const first = await page.inputValue('[name="f.latitude"]');
    assert.match(first, /^4[67]\.\d+$/);
    await page.locator('.ground').focus();
    await page.keyboard.press('ArrowDown');
    await page.getByRole('button', { name: /au centre/ }).focus();
    await page.keyboard.press('Enter');
    assert.notEqual(await page.inputValue('[name="f.latitude"]'), first);
    assert.match(await page.textContent('.pick-area [role=status]'), /Repère placé/);
    assert.deepEqual(await violations(page), []);
    await page.context().close();
  });
}
