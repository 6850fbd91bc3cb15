// Rules, votes, reports and the moderation log.

import { send } from './visits-accounts.mjs';

const at = (path) => () => path;

/// Lets people vote on the dataset without rows; whoever comes later finds it so.
async function letVote(page, node) {
  await page.goto(`${node.origin}/datasets/vide/rules`);
  await page.check('input[name=votes]');
  await send(page, page.locator('#beside button'));
  await page.goto(`${node.origin}/datasets/vide/votes`);
}

/// Tries a rule that would drop what visitors send.
async function tryRule(page, node) {
  await page.goto(`${node.origin}/datasets/lieux/rules`);
  await page.selectOption('#sender', 'visitors');
  await page.check('#new input[value=drop]');
  await send(page, page.locator('#new button[value=try]'));
}

export const RULES = [
  { name: 'rules', route: '/datasets/{dataset}/rules', who: 'moderator', path: at('/datasets/lieux/rules') },
  { name: 'rules-tried', route: '/datasets/{dataset}/rules', who: 'moderator', go: tryRule },
  { name: 'votes', route: '/datasets/{dataset}/votes', who: 'moderator', go: letVote },
  { name: 'report', route: '/datasets/{dataset}/report', path: (world) => `/datasets/lieux/report?row=${world.rows[20]}` },
  { name: 'report-copy', route: '/datasets/{dataset}/report', on: 'partner', path: (world) => `${world.copy}/report` },
  {
    name: 'report-errors', route: '/datasets/{dataset}/report', status: 422,
    go: async (page, node) => {
      await page.goto(`${node.origin}/datasets/lieux/report`);
      await send(page, page.locator('main form button'));
    },
  },
  { name: 'reports', route: '/moderation/reports', who: 'moderator', path: at('/moderation/reports') },
  { name: 'modlog', route: '/datasets/{dataset}/moderation-log', path: at('/datasets/lieux/moderation-log') },
  { name: 'modlog-copy', route: '/datasets/{dataset}/moderation-log', on: 'partner', path: (world) => `${world.copy}/moderation-log` },
];
