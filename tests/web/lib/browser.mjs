// The distribution's Chromium, driven over its own protocol; no browser is downloaded.

import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

import { MODERATOR, PASSWORD } from './node.mjs';
import { MEMBER } from './world.mjs';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

export function launch() {
  const executablePath = process.env.CHROMIUM ?? PLACES.find((place) => existsSync(place));
  if (!executablePath) throw new Error('no Chromium: apt-get install chromium, or name one in CHROMIUM');
  // Root has no sandbox of its own; the pages are ours.
  return chromium.launch({ executablePath, args: process.getuid() === 0 ? ['--no-sandbox'] : [] });
}

export const LANGUAGES = ['fr', 'en'];
export const WIDE = { width: 1280, height: 900 };
export const MIDDLE = { width: 768, height: 1024 };
export const NARROW = { width: 320, height: 640 };

const NAMES = { moderator: MODERATOR, member: MEMBER };

/// A browser window of somebody: `visitor`, `member` or `moderator`, in a language.
export async function person(browser, node, role, language, options = {}) {
  const storageState = role === 'visitor' ? undefined : await session(browser, node, role);
  const context = await browser.newContext({ locale: language, viewport: WIDE, storageState, ...options });
  return context.newPage();
}

const SESSIONS = new Map();

/// Who is logged in already need not wait for the password again.
function session(browser, node, role) {
  const key = `${role} ${node.origin}`;
  if (!SESSIONS.has(key)) SESSIONS.set(key, begin(browser, node, role));
  return SESSIONS.get(key);
}

async function begin(browser, node, role) {
  const context = await browser.newContext();
  await logIn(await context.newPage(), node, NAMES[role]);
  const state = await context.storageState();
  await context.close();
  return state;
}

export async function logIn(page, node, name) {
  await page.goto(`${node.origin}/connexion`);
  await page.fill('#user', name);
  await page.fill('#password', PASSWORD);
  await Promise.all([page.waitForURL((url) => !url.pathname.startsWith('/connexion')), page.press('#password', 'Enter')]);
}
