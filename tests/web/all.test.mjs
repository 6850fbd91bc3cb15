// One world and one browser for everything.

import { after, before } from 'node:test';

import { launch } from './lib/browser.mjs';
import { world } from './lib/world.mjs';
import { accounts } from './accounts.mjs';
import { comoderation } from './comoderation.mjs';
import { journeys } from './journeys.mjs';
import { moderation } from './moderation.mjs';
import { naughty } from './naughty.mjs';
import { pages } from './pages.mjs';
import { peers } from './peers.mjs';
import { roles } from './roles.mjs';
import { rules } from './rules.mjs';
import { reading } from './reading.mjs';

let browser;
let made;

before(async () => {
  [browser, made] = await Promise.all([launch(), world()]);
});

after(async () => {
  await browser?.close();
  await made?.stop();
});

const surroundings = () => ({ browser, world: made });

pages(surroundings);
journeys(surroundings);
reading(surroundings);
accounts(surroundings);
roles(surroundings);
rules(surroundings);
moderation(surroundings);
peers(surroundings);
comoderation(surroundings);
naughty(surroundings);
