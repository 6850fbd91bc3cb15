// Journey 3 from a letter, on two real nodes of their own: letters are read back from a mail server on loopback and
// followed from there, with and without scripts, on a phone of 320 px.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { NARROW, launch } from './lib/browser.mjs';
import { Hand } from './lib/hand.mjs';
import { MODERATOR, Node, until } from './lib/node.mjs';
import { SCHEMA, csv } from './lib/places.mjs';
import { Sink } from './lib/sink.mjs';
import { copy } from './lib/world.mjs';
import { READING_MS } from './lib/visits.mjs';

const PHONE = { viewport: NARROW, hasTouch: true, isMobile: true, locale: 'fr' };
const ROWS = 12;
const MODERATORS = `${MODERATOR}@courrier.example`;

let browser;
let sink;
let hub;
let partner;
let rows;

before(async () => {
  sink = await Sink.start();
  [browser, hub, partner] = await Promise.all([
    launch(),
    Node.start('courrier', 'Hub du courrier', sink.env('Hub <hub@courrier.example>')),
    Node.start('voisin', 'Le voisin', sink.env('Voisin <hub@voisin.example>')),
  ]);
  const schema = await hub.file('schema.json', JSON.stringify(SCHEMA));
  const table = await hub.file('lieux.csv', csv(ROWS));
  await hub.call(['dataset', 'import', table, '--name', 'lieux', '--schema', schema, '--license', 'etalab-2.0', '--key', 'id', '--publish']);
  rows = (await hub.api('GET', '/datasets/lieux/rows?limit=100')).rows.map((row) => row.id);
  await copy(hub, partner, ROWS);
});

after(async () => {
  await browser?.close();
  await Promise.all([hub?.stop(), partner?.stop()]);
  await sink?.stop();
});

const hand = async (scripts) => {
  const context = await browser.newContext({ ...PHONE, javaScriptEnabled: scripts });
  return Hand.on(await context.newPage(), scripts);
};

/// A visitor corrects a row and leaves an address.
async function propose(node, dataset, number, value, email) {
  const citizen = await hand(false);
  const { page } = citizen;
  await page.goto(`${node.origin}${dataset}/rows/${rows[number]}/correct`);
  await page.fill('[name="f.horaires"]', value);
  await page.fill('#email', email);
  await page.check('#consent');
  await page.waitForTimeout(READING_MS);
  await citizen.follow(page.getByRole('button', { name: 'Envoyer' }));
  assert.match(page.url(), /\/suivi\//);
  await page.context().close();
}

/// The letter to the moderators that shows a value, and the address of its link.
async function letter(value) {
  const found = await until(`a letter about ${value}`, () => sink.to(MODERATORS).find((one) => one.text.includes(value)));
  const links = found.text.match(/http\S+\/decision\/\S+/g);
  assert.equal(links?.length, 1, found.text);
  assert.ok(found.html.includes(links[0]), 'both bodies lead to the same page');
  return { found, link: links[0] };
}

const answer = (email) => until(`an answer to ${email}`, () => sink.to(email)[0]);
const held = async (number) => (await hub.api('GET', `/datasets/lieux/rows/${rows[number]}`)).cells.horaires;

for (const scripts of [true, false]) {
  const how = scripts ? 'with scripts' : 'without scripts';
  const first = scripts ? 0 : 4;

  test(`a moderator accepts from a letter in two interactions, ${how}`, async () => {
    const [value, email] = [`Mo 0${first}:00-12:00`, `ana${first}@lac.example`];
    await propose(hub, '/datasets/lieux', first, value, email);
    const { found, link } = await letter(value);
    assert.match(found.headers['list-unsubscribe-post'], /One-Click/);

    // What programs that look at letters do: nothing is decided by it.
    for (const method of ['GET', 'HEAD', 'GET']) await hub.request(method, new URL(link).pathname, {});
    assert.notEqual(await held(first), value);

    const moderator = await hand(scripts);
    await moderator.open(link);
    assert.match(await moderator.page.textContent('main'), new RegExp(value));
    await moderator.follow(moderator.page.getByRole('button', { name: 'Accepter', exact: true }));
    assert.ok(moderator.done <= 2, `${moderator.done} interactions`);
    if (scripts) assert.equal(moderator.heard, moderator.done, 'what the page heard');
    assert.equal(await moderator.page.getAttribute('[data-status]', 'data-status'), 'accepted');
    assert.equal(await held(first), value);

    await moderator.page.goto(link);
    assert.equal(await moderator.page.getByRole('button', { name: 'Accepter' }).count(), 0, 'once');
    assert.equal(await moderator.page.getAttribute('[data-link]', 'data-link'), 'link-used');
    await moderator.page.goto(`${hub.origin}/moderation`);
    assert.match(moderator.page.url(), /connexion/, 'no log-in was begun');
    await moderator.page.context().close();

    const thanks = await answer(email);
    assert.ok(thanks.text.includes(value), 'thanks quote what changed');
  });

  test(`a proposal made at the partner is refused from a letter, and its visitor hears why, ${how}`, async () => {
    const [number, email] = [first + 1, `max${first}@lac.example`];
    const value = `Tu 0${first}:00-13:00`;
    await propose(partner, `/datasets/lieux@${hub.host}`, number, value, email);
    const { found, link } = await letter(value);
    assert.ok(found.text.includes(partner.host), 'it says where it comes from');
    const moderator = await hand(scripts);
    const { page } = moderator;
    await moderator.open(link);
    await moderator.tap(page.locator('#refuse > summary'));
    await moderator.tap(page.locator('#preset label').nth(1));
    await moderator.follow(page.getByRole('button', { name: 'Refuser la proposition' }));
    assert.equal(await page.getAttribute('[data-status]', 'data-status'), 'refused');
    assert.notEqual(await held(number), value);
    await page.context().close();
    const told = await answer(email);
    assert.match(told.text, /La valeur actuelle est la bonne/);
    assert.equal(sink.letters.filter((one) => one.raw.includes(email) && one.to !== email).length, 0, 'the address went nowhere else');
  });
}

test('one click ends letters without a log-in, and looking does not', async () => {
  const { found } = await letter('Mo 00:00-12:00');
  const [, link] = /<(http[^>]+)>/.exec(found.headers['list-unsubscribe'].replace(/\s/g, ''));
  const where = new URL(link).pathname;
  assert.equal((await hub.request('GET', where, {})).status, 200);
  const clicked = await hub.send(where, { 'List-Unsubscribe': 'One-Click' }, {});
  assert.equal(clicked.status, 200);
  const earlier = sink.to(MODERATORS).length;
  await propose(hub, '/datasets/lieux', 9, 'We 09:00-10:00', 'lou@lac.example');
  const { patches } = await hub.call(['patch', 'list', '--dataset', 'lieux', '--status', 'pending']);
  const { token } = await hub.call(['user', 'token', MODERATOR]);
  await hub.api('POST', `/patches/${patches[0].id}/accept`, undefined, token);
  await answer('lou@lac.example');
  assert.equal(sink.to(MODERATORS).length, earlier, 'no letter since');
});
