// The pages of accounts. Each visit that changes an account makes one of its own.

import { logIn } from './browser.mjs';
import { PASSWORD } from './node.mjs';
import { code } from './totp.mjs';

const at = (path) => () => path;
let made = 0;

export const send = (page, button) => Promise.all([page.waitForEvent('load'), button.click()]);

/// Somebody new, logged in on this page.
export async function newcomer(page, node, name = 'membre') {
  const user = `${name}${made += 1}`;
  await node.call(['user', 'create', user, '--email', `${user}@hub.example`]);
  await logIn(page, node, user);
  return user;
}

/// Switches the second step on; the page shows the recovery codes then. Gives the secret of the device.
export async function addDevice(page, node) {
  await page.goto(`${node.origin}/account/second-step`);
  const secret = await page.textContent('code.address');
  await page.fill('#code', code(secret));
  await send(page, page.locator('main form button'));
  return secret;
}

/// Types name and password in a browser that knows nobody; the page asks for a code then.
export async function half(page, node, user) {
  await page.context().clearCookies();
  await page.goto(`${node.origin}/connexion`);
  await page.fill('#user', user);
  await page.fill('#password', PASSWORD);
  await send(page, page.locator('main form button'));
}

export const ACCOUNTS = [
  { name: 'account', route: '/account', who: 'moderator', path: at('/account') },
  { name: 'account-french-address', route: '/compte', who: 'member', path: at('/compte') },
  { name: 'account-errors', status: 422, go: async (page, node) => {
    await newcomer(page, node);
    await page.goto(`${node.origin}/account`);
    await page.fill('#old', `${PASSWORD} ou pas`);
    await page.fill('#new', `${PASSWORD} encore`);
    await send(page, page.locator('form[action="/account/password"] button'));
  } },
  { name: 'second-step', route: '/account/second-step', who: 'member', path: at('/account/second-step') },
  { name: 'recovery-codes', go: async (page, node) => {
    await newcomer(page, node);
    await addDevice(page, node);
  } },
  { name: 'account-second-step', go: async (page, node) => {
    await newcomer(page, node);
    await addDevice(page, node);
    await page.goto(`${node.origin}/account`);
    await page.click('summary');
  } },
  { name: 'code', route: '/connexion/code', go: async (page, node) => {
    const user = await newcomer(page, node);
    await addDevice(page, node);
    await half(page, node, user);
  } },
  { name: 'code-errors', route: '/login/code', status: 422, go: async (page, node) => {
    const user = await newcomer(page, node);
    await addDevice(page, node);
    await half(page, node, user);
    await page.goto(`${node.origin}/login/code`);
    await page.fill('#code', '000000');
    await send(page, page.locator('main form button'));
  } },
];
