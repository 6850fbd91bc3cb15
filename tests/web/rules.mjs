// An owner makes rules, people report, and everybody reads what was done.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { LANGUAGES, person } from './lib/browser.mjs';
import { faults } from './lib/checks.mjs';
import { send } from './lib/visits-accounts.mjs';

const lieux = (hub, rest) => `${hub.origin}/datasets/lieux${rest}`;

export function rules(surroundings) {
  test('an owner sees what a rule would have done before it holds', async () => {
    const { browser, world: { hub } } = surroundings();
    const page = await person(browser, hub, 'moderator', 'fr', { javaScriptEnabled: false });
    await page.goto(lieux(hub, '/rules'));
    await page.selectOption('#field', 'presentation');
    await page.selectOption('#sender', 'strangers');
    await page.check('#new input[value=drop]');
    await send(page, page.locator('#new button[value=try]'));
    assert.match(await page.textContent('section [role=status]'), /Essai, rien n’est enregistré.*écarté/);
    assert.equal(await page.inputValue('#sender'), 'strangers', 'the form is as it was filled in');
    assert.ok(await page.locator('section[aria-labelledby=preview] tbody tr').count() > 5, 'the proposals of the month');
    await send(page, page.locator('#new button[value=add]'));
    const sentence = 'Ce qui est proposé par les instances qui ne sont pas partenaires';
    assert.match(await page.textContent('main'), new RegExp(`${sentence}.*est écarté`));
    await send(page, page.locator('main table button').first());
    await page.goto(lieux(hub, '/rules'));
    assert.doesNotMatch(await page.textContent('main'), new RegExp(sentence));
    await page.context().close();
  });

  test('a visitor reports, a moderator settles it, and the log says so to everybody', async () => {
    const { browser, world: { hub }, world } = surroundings();
    const visitor = await person(browser, hub, 'visitor', 'fr', { javaScriptEnabled: false });
    await visitor.goto(lieux(hub, `/rows/${world.rows[21]}/remove`));
    await send(visitor, visitor.getByRole('link', { name: 'Signaler sans rien proposer' }));
    await visitor.check('input[value=charter]');
    await visitor.fill('#text', 'Une publicité déguisée.');
    await send(visitor, visitor.getByRole('button', { name: 'Signaler' }));
    assert.match(await visitor.textContent('[role=status]'), /Merci/);
    const page = await person(browser, hub, 'moderator', 'fr');
    await page.goto(`${hub.origin}/moderation`);
    await send(page, page.getByRole('link', { name: 'Signalements' }));
    for (const language of LANGUAGES) {
      await page.goto(`${hub.origin}/moderation/reports?lang=${language}`);
      assert.deepEqual(await faults(page, language), []);
    }
    await page.goto(`${hub.origin}/moderation/reports?lang=fr`);
    const report = page.locator('section', { hasText: 'Une publicité déguisée.' });
    await send(page, report.getByRole('button', { name: 'C’est traité' }));
    assert.doesNotMatch(await page.textContent('main'), /publicité/);
    await visitor.goto(lieux(hub, '/moderation-log'));
    const last = await visitor.locator('main ol li').first().textContent();
    assert.match(last, /Signalement.*contraire à la charte.*traité/);
    assert.doesNotMatch(last, /publicité|moderation@/);
    await Promise.all([visitor, page].map((one) => one.context().close()));
  });
}
