// The pages that letters lead to, and those that stand beside letters.

import { until } from './node.mjs';

const at = (path) => () => path;

/// Opens the first link of the letters of a trial that holds this.
const follow = (part) => async (page, node) => {
  const link = await until(`a letter with ${part}`, async () => {
    await page.goto(`${node.origin}/dev/mails`);
    const links = page.locator(`.letter a[href*="${part}"]`);
    return await links.count() > 0 && links.last().getAttribute('href');
  });
  await page.goto(link);
};

export const MAIL = [
  { name: 'letters', route: '/dev/mails', path: at('/dev/mails') },
  { name: 'letters-none', route: '/dev/mails', on: 'fresh', path: at('/dev/mails') },
  { name: 'decide-by-mail', route: '/decision/{token}', go: follow('/decision/') },
  { name: 'unsubscribe', route: '/desabonnement/{token}', go: follow('/desabonnement/') },
  { name: 'notifications', route: '/notifications', who: 'moderator', path: at('/notifications') },
  { name: 'notifications-none', route: '/notifications', who: 'member', path: at('/notifications') },
  { name: 'notification-choices', route: '/account/notifications', who: 'moderator', path: at('/account/notifications?done=1') },
];
