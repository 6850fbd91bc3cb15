// Every page in every state that people meet, and how to get there. A route of the router without a visit fails.

import { PASSWORD } from './node.mjs';
import { ACCOUNTS } from './visits-accounts.mjs';
import { MAIL } from './visits-mail.mjs';
import { RULES } from './visits-rules.mjs';
import { PEERS } from './visits-peers.mjs';

/// Nobody is believed to have read a form sooner, in milliseconds; a second more, as the server counts whole ones.
export const READING_MS = 3_000;

const submit = async (page, form = 'main form[method=post]') => {
  await page.waitForTimeout(READING_MS);
  await Promise.all([page.waitForEvent('load'), page.locator(`${form} button`).last().click()]);
};

/// Opens a path and does something there.
const then = (path, act) => async (page, node, world) => {
  await page.goto(node.origin + path(world));
  await act(page, node, world);
};

const row = (number, rest = '') => (world) => `/datasets/lieux/rows/${world.rows[number]}${rest}`;
const copied = (number, rest = '') => (world) => `${world.copy}/rows/${world.rows[number]}${rest}`;
const tracking = (name, rest = '') => (world) => world.proposals[name].path + rest;
const review = (name) => (world) => `/moderation/${world.proposals[name].id}`;
const at = (path) => () => path;

/// `route`: of the router; none for pages that stand for an error. `on`: whose node. `who`: visitor by default.
export const VISITS = [
  { name: 'first-run', route: '/', on: 'fresh', path: at('/') },
  { name: 'catalogue', route: '/', path: at('/') },
  { name: 'catalogue-copy', route: '/', on: 'partner', path: at('/') },

  { name: 'table', route: '/datasets/{dataset}', path: at('/datasets/lieux') },
  { name: 'table-filters', route: '/datasets/{dataset}', path: at('/datasets/lieux?field.typologie=Mairie&sort=-nom') },
  { name: 'cards', route: '/datasets/{dataset}', path: at('/datasets/lieux?view=cards&sort=-nom') },
  { name: 'map', route: '/datasets/{dataset}', path: at('/datasets/lieux?view=map') },
  { name: 'map-near', route: '/datasets/{dataset}', path: at('/datasets/lieux?view=map&bbox=6.02,47.1,6.04,47.12') },
  { name: 'map-copy', route: '/datasets/{dataset}', on: 'partner', path: (world) => `${world.copy}?view=map` },
  { name: 'map-empty', route: '/datasets/{dataset}', path: at('/datasets/vide?view=map') },
  { name: 'table-refined', route: '/datasets/{dataset}', go: then(at('/datasets/lieux?field.typologie=Mairie&field.typologie=Association'), (page) => page.click('.refine > summary')) },
  { name: 'table-no-hits', route: '/datasets/{dataset}', path: at('/datasets/lieux?q=introuvable') },
  { name: 'table-second-page', route: '/datasets/{dataset}', path: at('/datasets/lieux?columns=all'), go: then(at('/datasets/lieux?columns=all'), (page) => Promise.all([page.waitForEvent('load'), page.click('a[rel=next]')])) },
  { name: 'table-empty', route: '/datasets/{dataset}', path: at('/datasets/vide') },
  { name: 'table-copy', route: '/datasets/{dataset}', on: 'partner', path: (world) => world.copy },

  { name: 'row', route: '/datasets/{dataset}/rows/{id}', path: row(8) },
  { name: 'row-history', route: '/datasets/{dataset}/rows/{id}', go: then(row(5), (page) => page.click('.timeline details summary')) },
  { name: 'row-copy', route: '/datasets/{dataset}/rows/{id}', on: 'partner', path: copied(1) },

  { name: 'correct', route: '/datasets/{dataset}/rows/{id}/correct', path: row(10, '/correct') },
  {
    name: 'correct-errors', route: '/datasets/{dataset}/rows/{id}/correct', status: 422,
    go: then(row(10, '/correct'), async (page) => {
      await page.fill('[name="f.code_postal"]', '199');
      await page.fill('[name="f.places"]', 'beaucoup');
      await page.fill('[name="f.nom"]', '');
      await submit(page);
    }),
  },
  {
    name: 'correct-contact', route: '/datasets/{dataset}/rows/{id}/correct', status: 422,
    go: then(row(10, '/correct'), async (page) => {
      await page.fill('#name', 'Ana');
      await page.fill('#email', 'ana@brume');
      await submit(page);
    }),
  },
  {
    name: 'correct-meanwhile', route: '/datasets/{dataset}/rows/{id}/correct', status: 422,
    go: then(row(11, '/correct'), async (page, node, world) => {
      const value = `Mo 09:00-${10 + (world.meanwhile = (world.meanwhile ?? 0) + 1)}:00`;
      const op = { op: 'set', row: world.rows[11], field: 'horaires', value };
      const { id } = await node.api('POST', '/datasets/lieux/patches', { ops: [op] });
      await node.api('POST', `/patches/${id}/accept`, undefined, world.token);
      await page.fill('[name="f.horaires"]', 'Su 09:00-12:00');
      await submit(page);
    }),
  },
  { name: 'correct-copy', route: '/datasets/{dataset}/rows/{id}/correct', on: 'partner', path: copied(10, '/correct') },

  { name: 'add', route: '/datasets/{dataset}/add', path: at('/datasets/lieux/add') },
  { name: 'add-errors', route: '/datasets/{dataset}/add', status: 422, go: then(at('/datasets/lieux/add'), async (page) => {
    await page.fill('[name="f.code_postal"]', '1');
    await submit(page);
  }) },
  { name: 'remove', route: '/datasets/{dataset}/rows/{id}/remove', path: row(10, '/remove') },
  { name: 'remove-errors', route: '/datasets/{dataset}/rows/{id}/remove', status: 422, go: then(row(10, '/remove'), (page) => submit(page)) },

  { name: 'sent', route: '/suivi/{token}/envoyee', path: tracking('one', '/envoyee') },
  { name: 'tracking-pending', route: '/suivi/{token}', path: tracking('pending') },
  { name: 'tracking-conflict', route: '/suivi/{token}', path: tracking('conflict') },
  { name: 'tracking-accepted', route: '/suivi/{token}', path: tracking('accepted') },
  { name: 'tracking-amended', route: '/suivi/{token}', path: tracking('amended') },
  { name: 'tracking-refused', route: '/suivi/{token}', path: tracking('refused') },
  { name: 'tracking-withdrawn', route: '/suivi/{token}', path: tracking('withdrawn') },
  { name: 'tracking-copy', route: '/suivi/{token}', on: 'partner', path: tracking('remote') },

  { name: 'legal-notice', route: '/mentions-legales', path: at('/mentions-legales') },
  { name: 'legal-privacy', route: '/donnees-personnelles', path: at('/donnees-personnelles') },
  { name: 'legal-accessibility', route: '/accessibilite', path: at('/accessibilite') },
  { name: 'legal-charter', route: '/charte', path: at('/charte') },

  { name: 'log-in', route: '/connexion', path: at('/connexion') },
  { name: 'log-in-english-address', route: '/login', path: at('/login') },
  { name: 'log-in-errors', route: '/connexion', status: 422, go: then(at('/connexion'), async (page) => {
    await page.fill('#user', 'moderation');
    await page.fill('#password', `${PASSWORD} ou pas`);
    await submit(page);
  }) },

  { name: 'queue', route: '/moderation', who: 'moderator', path: at('/moderation') },
  { name: 'queue-empty', route: '/moderation', who: 'moderator', path: at('/moderation?status=expired&done=accepted') },
  { name: 'alike', route: '/moderation/{id}/alike', who: 'moderator', path: (world) => `${review('alike')(world)}/alike` },
  { name: 'alike-errors', route: '/moderation/{id}/alike', who: 'moderator', status: 422, go: then((world) => `${review('alike')(world)}/alike`, async (page) => {
    for (const box of await page.locator('[name=accept]').all()) await box.uncheck();
    await submit(page, '#proposals');
  }) },
  { name: 'components', route: '/dev/components', path: at('/dev/components') },
  { name: 'comments', route: '/moderation/comments', who: 'moderator', path: at('/moderation/comments') },
  { name: 'comment', route: '/datasets/{dataset}/rows/{id}/comment', who: 'member', path: row(8, '/comment') },
  { name: 'comment-errors', route: '/datasets/{dataset}/rows/{id}/comment', who: 'member', status: 422, go: then(row(8, '/comment'), (page) => submit(page)) },
  { name: 'tracking-errors', route: '/suivi/{token}', status: 422, go: then(tracking('pending'), (page) => submit(page, '#talk form')) },
  { name: 'burst', route: '/moderation/bursts/{burst}', who: 'moderator', go: then(at('/moderation'), async (page) => {
    await Promise.all([page.waitForEvent('load'), page.locator('a[href^="/moderation/bursts/"]').first().click()]);
    await page.click('#refuse > summary');
  }) },
  { name: 'review', route: '/moderation/{id}', who: 'moderator', path: review('one') },
  { name: 'review-several', route: '/moderation/{id}', who: 'moderator', go: then(review('pending'), async (page) => {
    await page.click('#refuse > summary');
    await page.click('#amend > summary');
  }) },
  { name: 'review-remote', route: '/moderation/{id}', who: 'moderator', path: review('remote') },
  { name: 'review-conflict', route: '/moderation/{id}', who: 'moderator', path: review('conflict') },
  { name: 'review-errors', route: '/moderation/{id}', who: 'moderator', status: 422, go: then(review('pending'), async (page) => {
    await page.click('#amend > summary');
    for (const box of await page.locator('[name=leave-out]').all()) await box.check();
    await submit(page, '#amend form');
  }) },
  { name: 'review-shift', route: '/moderation/{id}', who: 'moderator', path: review('shift') },
  { name: 'review-applied', route: '/moderation/{id}', who: 'moderator', go: then(review('accepted'), (page) => page.click('#undo > summary')) },
  { name: 'review-decided', route: '/moderation/{id}', who: 'moderator', path: review('refused') },

  { name: 'error-403', status: 403, who: 'member', path: at('/moderation') },
  { name: 'error-404', status: 404, path: at('/datasets/absent') },
  { name: 'error-409', status: 409, who: 'moderator', go: then(review('refused'), async (page, node, world) => {
    await page.goto(node.origin + review('one')(world));
    const decided = world.proposals.refused.id;
    await page.evaluate((id) => { document.querySelector('.decide form').action = `/moderation/${id}/accept`; }, decided);
    await submit(page, '.decide > form');
  }) },
  { name: 'error-413', status: 413, go: then(at('/datasets/lieux/add'), async (page) => {
    await page.evaluate(() => { document.querySelector('#summary').removeAttribute('maxlength'); });
    await page.fill('#summary', 'a'.repeat(700_000));
    await submit(page);
  }) },
  { name: 'error-429', status: 429, on: 'fresh', go: then(at('/connexion'), async (page, node) => {
    const csrf = await page.inputValue('main [name=csrf]');
    const cookies = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
    for (let tries = 0; tries < 200; tries += 1) {
      await node.send('/connexion', { csrf, user: 'personne', password: 'rien' }, { cookie: cookies, origin: node.origin });
    }
    await page.fill('#user', 'personne');
    await page.fill('#password', 'rien');
    await submit(page);
  }) },
  ...ACCOUNTS,
  ...MAIL,
  ...RULES,
  ...PEERS,
];

/// Opens a visit; gives the status of the page that shows.
export async function open(visit, page, world) {
  const node = world[visit.on ?? 'hub'];
  let status;
  const note = (answer) => {
    const request = answer.request();
    if (request.isNavigationRequest() && answer.status() !== 303) status = answer.status();
  };
  page.on('response', note);
  try {
    if (visit.go) await visit.go(page, node, world);
    else await page.goto(node.origin + visit.path(world));
  } finally {
    page.off('response', note);
  }
  return status;
}
