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

const handedOver = async (node, ...words) => new URL((await node.call(['user', ...words])).link).pathname;

/// An invitation that is handed over.
export const invitation = (node) => handedOver(node, 'invite');
/// A link to another password for an account.
export const newPassword = (node, user) => handedOver(node, 'reset-password', user, '--link');

/// Somebody new asks for another address; gives the path that its letter leads to.
export async function otherAddress(page, node) {
  const user = await newcomer(page, node);
  await page.goto(`${node.origin}/account`);
  await page.fill('#email', `${user}@ailleurs.example`);
  await page.fill('#address-password', PASSWORD);
  await send(page, page.locator('form[action="/account/address"] button'));
  return node.letter(`${user}@ailleurs.example`, /http\S*\/address\/[\w-]+/);
}

const link = (path) => async (page, node) => page.goto(node.origin + await path(node));

export const ACCOUNTS = [
  { name: 'team', route: '/datasets/{dataset}/team', who: 'moderator', path: at('/datasets/lieux/team') },
  { name: 'team-errors', status: 422, who: 'moderator', go: async (page, node) => {
    await page.goto(`${node.origin}/datasets/lieux/team`);
    await page.fill('#name', 'personne');
    await send(page, page.locator('#give button'));
  } },
  { name: 'closing', route: '/admin/closing', who: 'moderator', path: at('/admin/closing') },
  { name: 'closing-errors', status: 422, who: 'moderator', go: async (page, node) => {
    await page.goto(`${node.origin}/admin/closing`);
    await send(page, page.locator('form[action="/admin/closing"] button'));
  } },
  { name: 'origin', route: '/datasets/{dataset}/origin', path: at('/datasets/lieux/origin') },
  { name: 'grants', route: '/grants', who: 'member', path: at('/grants') },
  { name: 'follow', route: '/follow', who: 'member', path: at('/follow') },
  { name: 'follow-found', on: 'partner', who: 'moderator', go: async (page, node, world) => {
    await page.goto(`${node.origin}/follow?q=lieux@${world.hub.host}`);
  } },
  { name: 'follow-errors', status: 422, who: 'member', path: at('/follow?q=personne') },
  { name: 'feed', route: '/feed', who: 'member', path: at('/feed') },
  { name: 'people', route: '/admin/people', who: 'moderator', path: at('/admin/people') },
  { name: 'people-invited', who: 'moderator', go: async (page, node) => {
    await page.goto(`${node.origin}/admin/people`);
    await send(page, page.locator('form[action="/admin/people/invite"] button'));
  } },
  { name: 'password-asked', route: '/password', path: at('/password') },
  { name: 'password-letter', go: async (page, node) => {
    await page.goto(`${node.origin}/password`);
    await page.fill('#email', 'personne@hub.example');
    await send(page, page.locator('main form button'));
  } },
  { name: 'password-new', route: '/password/{token}', go: async (page, node) => {
    const user = await newcomer(page, node);
    await page.goto(node.origin + await newPassword(node, user));
  } },
  { name: 'link-gone', status: 410, path: at('/password/faux') },
  { name: 'sign-up', route: '/sign-up', path: at('/sign-up') },
  { name: 'sign-up-invited', route: '/sign-up/{token}', go: link(invitation) },
  { name: 'address', route: '/address/{token}', go: async (page, node) => {
    const path = await otherAddress(page, node);
    await page.goto(node.origin + path);
  } },
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
