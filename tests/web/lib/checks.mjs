// What must hold on every page.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { NARROW, WIDE } from './browser.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/// Violations that axe-core finds in the page as it stands, in sentences.
export async function violations(page) {
  if (!await page.evaluate(() => 'axe' in globalThis)) await page.evaluate(AXE);
  const found = await page.evaluate(async () => (await globalThis.axe.run(document, { resultTypes: ['violations'] })).violations);
  return found.map(({ id, help, nodes }) =>
    `${id}: ${help}: ${nodes.slice(0, 3).map((node) => `${node.target.join(' ')} ${node.any[0]?.message ?? ''}`).join(' | ')}`);
}

/// What sticks out of a narrow screen.
export function overflow(page) {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    if (document.scrollingElement.scrollWidth <= width) return [];
    const out = [...document.querySelectorAll('body *')].filter((one) => one.getBoundingClientRect().right > width + 1);
    return [`the page is ${document.scrollingElement.scrollWidth} px wide: ${out.slice(0, 3).map((one) => one.outerHTML.slice(0, 80)).join(' | ')}`];
  });
}

/// Everything that is wrong with a page, in both themes, on a wide and on a narrow screen.
export async function faults(page, language) {
  const wrong = [];
  const lang = await page.evaluate(() => document.documentElement.lang);
  if (lang !== language) wrong.push(`the page is in ${lang}, not in ${language}`);
  for (const [colorScheme, size] of [['light', WIDE], ['dark', NARROW]]) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize(size);
    const where = `${colorScheme}, ${size.width} px: `;
    wrong.push(...(await violations(page)).map((one) => where + one));
    wrong.push(...(await overflow(page)).map((one) => where + one));
  }
  return wrong;
}

/// Goes through the page with the Tab key: every control is reached, in the order of the page, and shows it.
export async function keyboard(page) {
  const wrong = [];
  const expected = await page.evaluate(() => {
    const all = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]';
    // A group of radio buttons is one stop.
    const groups = new Set();
    return [...document.querySelectorAll(all)].filter((one) => {
      if (!one.checkVisibility() || one.disabled || one.tabIndex < 0) return false;
      if (one.type !== 'radio') return true;
      const first = !groups.has(one.name);
      groups.add(one.name);
      return first;
    }).length;
  });
  // The Tab key goes on from where somebody clicked; a focus on the body begins at the top.
  await page.evaluate(() => {
    document.body.tabIndex = -1;
    document.body.focus();
    document.body.removeAttribute('tabindex');
  });
  let reached = 0;
  let before = -1;
  // A date has three stops inside.
  for (let presses = 0; presses <= expected * 4; presses += 1) {
    await page.keyboard.press('Tab');
    const now = await page.evaluate(() => {
      const one = document.activeElement;
      if (!one || one === document.body) return null;
      const style = getComputedStyle(one);
      const place = [...document.querySelectorAll('*')].indexOf(one);
      return { place, name: one.outerHTML.slice(0, 80), outlined: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 };
    });
    if (now === null) break;
    if (now.place < before) break;
    if (now.place === before) continue;
    before = now.place;
    if (!now.outlined) wrong.push(`the focus does not show on ${now.name}`);
    if (reached === 0 && !now.name.includes('class="skip"')) wrong.push(`the first stop is ${now.name}`);
    reached += 1;
  }
  if (reached !== expected) wrong.push(`Tab reaches ${reached} of ${expected} controls`);
  return wrong;
}
