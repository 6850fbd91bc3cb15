// Who may do what: every route of the router by every role, written by hand. A route that is not here fails, and so
// does one of which an answer is another than stands here.
//
// What a role can do today:
//   anonymous   reads what is public, proposes, follows her proposal by its private link
//   member      has an account: proposes under a name, reads what is for members, keeps her own account
//   proposer    a member who has proposed something: sees her own proposals through the API, and withdraws them
//   moderator   has the role `write` on the dataset: decides on its proposals
//   owner       has the role `maintain` on it: also says who else decides
//   operator    runs the node: decides on every dataset, invites people
//   suspended   had an account that was closed while she was logged in: is anonymous from then on
//   elsewhere   has the role `write` on another dataset of the node: decides there, and not here
// Roles of people of other instances do not exist yet: what they send is refused or waits like everybody's.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { MODERATOR, PASSWORD } from './lib/node.mjs';
import { everyRoute } from './lib/routes.mjs';

const ROLES = ['anonymous', 'member', 'proposer', 'moderator', 'owner', 'operator', 'suspended', 'elsewhere'];

// One answer for each role, in their order. `login`: sent to the log-in.
const all = (status) => ROLES.map(() => status);
const inside = (status) => ['login', status, status, status, status, status, 'login', status];
const deciding = (status) => ['login', 403, 403, status, status, status, 'login', 403];
// Whoever decides on some dataset gets in, and finds nothing of others there.
const somewhere = (status) => ['login', 403, 403, status, status, status, 'login', status];
const maintaining = (status) => ['login', 403, 403, 403, status, status, 'login', 403];
const operating = (status) => ['login', 403, 403, 403, 403, status, 'login', 403];
// For programs: a token that opens nothing any more is told so, where the API looks at tokens at all.
const known = (status) => [401, status, status, status, status, status, 401, status];
const knownReading = (status) => [status, status, status, status, status, status, 401, status];
const programDeciding = (status) => [401, 403, 403, status, status, status, 401, 403];

const FORM = 'form';
const JSON_ = 'json';
const row = (world) => world.rows[30];
const lieux = (rest) => () => `/datasets/lieux${rest}`;
const ofRow = (rest) => (world) => `/datasets/lieux/rows/${row(world)}${rest}`;
const review = (rest) => (world) => `/moderation/${world.proposals.one.id}${rest}`;
const api = (rest) => () => `/api/v1/datasets/lieux${rest}`;
const apiPatch = (rest) => (world) => `/api/v1/patches/${world.proposals.refused.id}${rest}`;
const NOTHING = 'AAAA';

/// Route, answers, how it is asked: path, fields or document, headers.
const TABLE = [
  // Pages that everybody reads.
  ['GET /', all(200)],
  ['GET /datasets/{dataset}', all(200), { path: lieux('') }],
  ['GET /datasets/{dataset}/rows/{id}', all(200), { path: ofRow('') }],
  ['GET /datasets/{dataset}/rows/{id}/qr.svg', knownReading(200), { path: ofRow('/qr.svg') }],
  ['GET /mentions-legales', all(200)],
  ['GET /donnees-personnelles', all(200)],
  ['GET /accessibilite', all(200)],
  ['GET /charte', all(200)],
  ['GET /assets/{hash}/{name}', all(404), { path: () => '/assets/0/absent.css' }],
  ['GET /datasets/{dataset}.{format:csv|jsonl|json}', knownReading(200), { path: lieux('.csv') }],
  // Everybody proposes; what is sent here is wrong on purpose, so that nothing is recorded.
  ['GET /datasets/{dataset}/add', all(200), { path: lieux('/add') }],
  ['POST /datasets/{dataset}/add', all(422), { path: lieux('/add'), send: FORM }],
  ['GET /datasets/{dataset}/rows/{id}/correct', all(200), { path: ofRow('/correct') }],
  ['POST /datasets/{dataset}/rows/{id}/correct', all(400), { path: ofRow('/correct'), send: FORM }],
  ['GET /datasets/{dataset}/rows/{id}/remove', all(200), { path: ofRow('/remove') }],
  ['POST /datasets/{dataset}/rows/{id}/remove', all(400), { path: ofRow('/remove'), send: FORM }],
  // A private link is all that it takes; a wrong one opens nothing for anybody.
  ['GET /suivi/{token}', all(200), { path: (world) => world.proposals.refused.path }],
  ['GET /suivi/{token}', all(404), { path: () => '/suivi/faux' }],
  ['GET /suivi/{token}/envoyee', all(200), { path: (world) => `${world.proposals.refused.path}/envoyee` }],
  ['POST /suivi/{token}/comments', all(404), { path: () => '/suivi/faux/comments', send: FORM }],
  ['POST /suivi/{token}/withdraw', all(404), { path: () => '/suivi/faux/withdraw', send: FORM }],

  // So is the link of a letter.
  ['GET /decision/{token}', all(404), { path: () => '/decision/faux' }],
  ['POST /decision/{token}', all(404), { path: () => '/decision/faux', send: FORM, fields: { verdict: 'accept' } }],
  ['GET /desabonnement/{token}', all(404), { path: () => '/desabonnement/faux' }],
  ['POST /desabonnement/{token}', all(404), { path: () => '/desabonnement/faux', send: FORM }],
  // The letters of a trial; a node that is online has no such page.
  ['GET /dev/mails', all(200)],
  ['GET /datasets/{dataset}/rows/{id}/comment', inside(200), { path: ofRow('/comment') }],
  ['POST /datasets/{dataset}/rows/{id}/comment', inside(422), { path: ofRow('/comment'), send: FORM }],
  // The nodes of these tests run with --dev.
  ['GET /dev/components', all(200)],

  // Getting in.
  ['GET /connexion', [200, 303, 303, 303, 303, 303, 200, 303]],
  ['GET /login', [200, 303, 303, 303, 303, 303, 200, 303]],
  ['POST /connexion', all(422), { send: FORM, fields: { user: 'personne', password: 'faux' } }],
  ['POST /login', all(422), { send: FORM, fields: { user: 'personne', password: 'faux' } }],
  ['GET /connexion/code', all('login')],
  ['GET /login/code', all('login')],
  ['POST /connexion/code', all('login'), { send: FORM, fields: { code: '000000' } }],
  ['POST /login/code', all('login'), { send: FORM, fields: { code: '000000' } }],
  ['GET /password', all(200)],
  ['POST /password', all(422), { send: FORM, fields: { email: 'rien' } }],
  ['GET /password/{token}', all(410), { path: () => '/password/faux' }],
  ['POST /password/{token}', all(410), { path: () => '/password/faux', send: FORM, fields: { new: PASSWORD } }],
  ['GET /sign-up', all(200)],
  ['POST /sign-up', all(403), { send: FORM, fields: { email: 'ana@hub.example' } }],
  ['GET /sign-up/{token}', all(410), { path: () => '/sign-up/faux' }],
  ['POST /sign-up/{token}', all(410), { path: () => '/sign-up/faux', send: FORM, fields: { name: 'intrus', new: PASSWORD } }],
  ['GET /address/{token}', all(410), { path: () => '/address/faux' }],
  ['POST /address/{token}', all(410), { path: () => '/address/faux', send: FORM }],

  // Everybody's own account.
  ['GET /account', inside(200)],
  ['GET /compte', inside(200)],
  ['POST /account/password', inside(422), { send: FORM, fields: { old: 'faux', new: PASSWORD } }],
  ['POST /account/address', inside(422), { send: FORM, fields: { email: 'x@hub.example', password: 'faux' } }],
  ['POST /account/log-ins/end', inside(404), { send: FORM, fields: { which: NOTHING } }],
  ['POST /account/tokens/revoke', inside(404), { send: FORM, fields: { which: NOTHING } }],
  ['GET /account/second-step', inside(200)],
  ['GET /account/second-step/qr.svg', [401, 200, 200, 200, 200, 200, 401, 200]],
  ['POST /account/second-step', inside(422), { send: FORM, fields: { code: '0' } }],
  ['POST /account/second-step/codes', inside(422), { send: FORM, fields: { password: 'faux' } }],
  ['POST /account/second-step/remove', inside(422), { send: FORM, fields: { password: 'faux' } }],

  // What one may do on the datasets of others.
  ['GET /grants', inside(200)],
  ['POST /grants', inside(404), { send: FORM, fields: { accept: 'faux' } }],
  ['POST /grants/ask', inside(404), { send: FORM, fields: { dataset: 'absent@loin.localhost' } }],

  // Following. Who was never found cannot be followed.
  ['GET /follow', inside(200)],
  ['POST /follow', inside(404), { send: FORM, fields: { actor: 'http://loin.localhost/users/eve' } }],
  ['POST /follow/end', inside(404), { send: FORM, fields: { actor: 'http://loin.localhost/users/eve' } }],
  ['GET /feed', inside(200)],

  // Being told.
  ['GET /notifications', inside(200)],
  ['POST /notifications/read', inside(303), { send: FORM, fields: { newest: '0' } }],
  ['GET /account/notifications', inside(200)],
  ['POST /account/notifications', inside(303), { send: FORM }],

  // Deciding. What is sent belongs to a version that is none, so that nothing is decided.
  ['GET /moderation', ['login', 403, 403, 200, 200, 200, 'login', 200]],
  ['GET /moderation/{id}', deciding(200), { path: review('') }],
  ['POST /moderation/{id}/accept', deciding(409), { path: review('/accept'), send: FORM, fields: { digest: 'x' } }],
  ['POST /moderation/{id}/amend', deciding(409), { path: review('/amend'), send: FORM, fields: { digest: 'x' } }],
  ['POST /moderation/{id}/refuse', deciding(409), { path: review('/refuse'), send: FORM, fields: { digest: 'x', reason: 'non' } }],
  ['GET /moderation/{id}/alike', deciding(200), { path: review('/alike') }],
  ['POST /moderation/{id}/alike', deciding(422), { path: review('/alike'), send: FORM }],
  ['POST /moderation/{id}/assign', deciding(422), { path: review('/assign'), send: FORM, fields: { to: 'personne' } }],
  ['POST /moderation/{id}/notes', deciding(422), { path: review('/notes'), send: FORM }],
  ['POST /moderation/{id}/comments', deciding(422), { path: review('/comments'), send: FORM }],
  ['POST /moderation/{id}/undo', deciding(409), { path: review('/undo'), send: FORM }],
  ['POST /moderation/{id}/release', deciding(303), { path: review('/release'), send: FORM }],
  ['GET /moderation/bursts/{burst}', somewhere(404), { path: () => '/moderation/bursts/faux' }],
  ['POST /moderation/bursts/{burst}/accept', somewhere(303), { path: () => '/moderation/bursts/faux/accept', send: FORM }],
  ['POST /moderation/bursts/{burst}/refuse', somewhere(404), { path: () => '/moderation/bursts/faux/refuse', send: FORM }],
  // What people reported is for those who decide; whoever is entitled to none finds an empty page.
  ['GET /moderation/reports', inside(200)],
  ['POST /moderation/reports/{report}', inside(404), { path: () => '/moderation/reports/faux', send: FORM, fields: { outcome: 'handled' } }],
  ['GET /datasets/{dataset}/rules', maintaining(200), { path: lieux('/rules') }],
  ['POST /datasets/{dataset}/rules', maintaining(422), { path: lieux('/rules'), send: FORM, fields: { act: 'add' } }],
  ['GET /datasets/{dataset}/moderation-log', all(200), { path: lieux('/moderation-log') }],
  ['GET /datasets/{dataset}/report', all(200), { path: lieux('/report') }],
  ['POST /datasets/{dataset}/report', all(422), { path: lieux('/report'), send: FORM }],
  // Nobody votes unless an owner turned it on.
  ['GET /datasets/{dataset}/votes', inside(404), { path: lieux('/votes') }],
  ['POST /datasets/{dataset}/votes', inside(404), { path: lieux('/votes'), send: FORM, fields: { which: NOTHING } }],
  ['GET /moderation/comments', somewhere(200)],
  ['POST /moderation/comments/{comment}', somewhere(404), { path: () => '/moderation/comments/faux', send: FORM }],

  // Saying who decides, and who has an account.
  ['GET /datasets/{dataset}/team', maintaining(200), { path: lieux('/team') }],
  ['POST /datasets/{dataset}/team', maintaining(422), { path: lieux('/team'), send: FORM, fields: { name: 'personne' } }],
  ['POST /datasets/{dataset}/team/revoke', maintaining(404), { path: lieux('/team/revoke'), send: FORM, fields: { which: '999999' } }],
  // Where a dataset lives. Nobody is known to go on with it, so that no successor is found.
  ['GET /datasets/{dataset}/origin', all(200), { path: lieux('/origin') }],
  ['POST /datasets/{dataset}/origin/follow', inside(404), { path: lieux('/origin/follow'), send: FORM, fields: { which: 'rien' } }],
  ['POST /datasets/{dataset}/origin/vote', inside(404), { path: lieux('/origin/vote'), send: FORM, fields: { which: 'rien' } }],
  ['POST /datasets/{dataset}/origin/copy', operating(404), { path: lieux('/origin/copy'), send: FORM, fields: { which: 'rien' } }],
  ['POST /datasets/{dataset}/origin/fork', operating(422), { path: lieux('/origin/fork'), send: FORM, fields: { name: 'Non' } }],
  ['POST /datasets/{dataset}/origin/take-over', operating(422), { path: lieux('/origin/take-over'), send: FORM }],
  ['POST /datasets/{dataset}/origin/agree', operating(409), { path: lieux('/origin/agree'), send: FORM }],
  ['GET /admin/closing', operating(200)],
  ['POST /admin/closing', operating(422), { send: FORM }],
  ['POST /datasets/{dataset}/team/quorum', maintaining(422), { path: lieux('/team/quorum'), send: FORM, fields: { reviews: '0' } }],
  ['GET /admin/people', operating(200)],
  ['POST /admin/people/invite', operating(422), { send: FORM, fields: { email: 'rien' } }],
  ['POST /admin/people/withdraw', operating(404), { send: FORM, fields: { which: NOTHING } }],
  ['GET /partners', all(200)],
  ['GET /admin', operating(200)],
  ['GET /admin/peers', operating(200)],
  ['GET /admin/peers/look', operating(422)],
  ['POST /admin/peers/mode', operating(422), { send: FORM, fields: { mode: 'rien' } }],
  ['GET /admin/peers/keys', operating(200)],
  ['POST /admin/peers/keys', operating(404), { send: FORM, fields: { actor: 'http://loin.localhost/actor', fingerprint: 'ab' } }],
  ['GET /admin/peers/{host}', operating(404), { path: () => '/admin/peers/loin.localhost' }],
  ['POST /admin/peers/{host}', operating(404), { path: () => '/admin/peers/loin.localhost', send: FORM, fields: { act: 'ask' } }],
  ['GET /admin/blocks', operating(200)],
  ['POST /admin/blocks', operating(404), { send: FORM, fields: { act: 'apply', which: '999999' } }],
  ['POST /admin/people/reset', operating(404), { send: FORM, fields: { which: 'personne' } }],

  // For programs, who show a token.
  ['GET /api/v1/datasets', knownReading(200)],
  ['GET /api/v1/datasets/{dataset}', knownReading(200), { path: api('') }],
  ['GET /api/v1/datasets/{dataset}/schema', knownReading(200), { path: api('/schema') }],
  ['GET /api/v1/datasets/{dataset}/log', knownReading(200), { path: api('/log') }],
  ['GET /api/v1/datasets/{dataset}/digest', knownReading(200), { path: api('/digest') }],
  ['GET /api/v1/datasets/{dataset}/rows', knownReading(200), { path: api('/rows') }],
  ['GET /api/v1/datasets/{dataset}/rows/{id}', knownReading(200), { path: (world) => `/api/v1/datasets/lieux/rows/${row(world)}` }],
  ['GET /api/v1/datasets/{dataset}/rows/{id}/history', knownReading(200), { path: (world) => `/api/v1/datasets/lieux/rows/${row(world)}/history` }],
  ['GET /api/v1/datasets/{dataset}/patches', known(200), { path: api('/patches') }],
  ['POST /api/v1/datasets/{dataset}/patches', knownReading(422), { path: api('/patches'), send: JSON_, document: { ops: [] } }],
  ['GET /api/v1/patches/{id}', knownReading(200), { path: apiPatch('') }],
  ['POST /api/v1/patches/{id}/accept', programDeciding(409), { path: apiPatch('/accept'), send: JSON_ }],
  ['POST /api/v1/patches/{id}/refuse', programDeciding(409), { path: apiPatch('/refuse'), send: JSON_, document: { reason: 'non' } }],
  ['POST /api/v1/patches/{id}/amend', programDeciding(409), { path: apiPatch('/amend'), send: JSON_, document: { set: { nom: 'Autre' } } }],
  ['POST /api/v1/patches/{id}/withdraw', [401, 404, 404, 404, 404, 409, 401, 404], { path: apiPatch('/withdraw'), send: JSON_ }],
  ['GET /api/v1/openapi.json', all(200)],

  // For other servers: what is public, to whoever asks; an inbox takes signed
  // activities only, and neither cookies nor tokens make one of what is sent here.
  ['GET /.well-known/webfinger', all(200), { path: (world) => `/.well-known/webfinger?resource=acct:lieux@${world.hub.host}` }],
  ['GET /.well-known/nodeinfo', all(200)],
  ['GET /nodeinfo/2.1', all(200)],
  ['GET /ns/v1', all(200)],
  ['GET /actor', all(200)],
  ['GET /actor/datasets', all(200)],
  ['GET /actor/outbox', all(200)],
  ['GET /actor/followers', all(200)],
  ['GET /users/{name}', all(200), { path: () => `/users/${MODERATOR}` }],
  ['GET /users/{name}/outbox', all(200), { path: () => `/users/${MODERATOR}/outbox` }],
  ['GET /users/{name}/followers', all(200), { path: () => `/users/${MODERATOR}/followers` }],
  ['GET /datasets/{dataset}/outbox', all(200), { path: lieux('/outbox') }],
  ['GET /datasets/{dataset}/followers', all(200), { path: lieux('/followers') }],
  // Instances sign what they ask here; no browser does.
  ['GET /datasets/{dataset}/queue', all(401), { path: lieux('/queue') }],
  ['GET /datasets/{dataset}/replicas', all(200), { path: lieux('/replicas') }],
  ['GET /datasets/{dataset}/proposals/{digest}', all(404), { path: lieux('/proposals/x') }],
  ['GET /datasets/{dataset}/modlog', all(200), { path: lieux('/modlog') }],
  ['GET /datasets/{dataset}/succession', all(200), { path: lieux('/succession') }],
  ['GET /datasets/{dataset}/heir', all(404), { path: lieux('/heir') }],
  ['GET /datasets/{dataset}/log', all(200), { path: lieux('/log') }],
  ['GET /datasets/{dataset}/log/head', all(200), { path: lieux('/log/head') }],
  ['GET /datasets/{dataset}/log/entries', all(200), { path: lieux('/log/entries') }],
  ['GET /datasets/{dataset}/log/snapshot', all(200), { path: lieux('/log/snapshot') }],
  ['GET /datasets/{dataset}/log/{seq:[0-9]+}', all(200), { path: lieux('/log/0') }],
  ['GET /patches/{patch}', all(404), { path: () => '/patches/x' }],
  ['GET /activities/{activity}', all(404), { path: () => '/activities/x' }],
  ['GET /notes/{note}', all(404), { path: () => '/notes/x' }],
  ['POST /inbox', all(400), { send: JSON_, document: {} }],
  ['POST /actor/inbox', all(400), { send: JSON_, document: {} }],
  ['POST /users/{name}/inbox', all(400), { path: () => `/users/${MODERATOR}/inbox`, send: JSON_, document: {} }],
  ['POST /datasets/{dataset}/inbox', all(400), { path: lieux('/inbox'), send: JSON_, document: {} }],
  ['GET /livez', all(200)],
  ['GET /readyz', all(200)],
  ['GET /metrics', all(200)],

  // Getting out; last, as it ends the log-ins that ask.
  ['POST /deconnexion', all(303), { send: FORM }],
  ['POST /logout', all(303), { send: FORM }],
];

export function roles(surroundings) {
  test('every route stands in the table of roles, and nothing else', () => {
    const inTable = new Set(TABLE.map(([route]) => route));
    const known_ = everyRoute();
    assert.deepEqual(known_.filter((route) => !inTable.has(route)), [], 'not in the table');
    assert.deepEqual([...inTable].filter((route) => !known_.includes(route)), [], 'no such route');
    for (const [route, expected] of TABLE) assert.equal(expected.length, ROLES.length, route);
  });

  test('each role gets what the table says, and no more', async () => {
    const { world } = surroundings();
    const people = await gather(world.hub);
    const wrong = [];
    for (const [route, expected, how = {}] of TABLE) {
      for (const [place, role] of ROLES.entries()) {
        const got = await people[role].ask(route, how, world);
        if (got !== expected[place]) wrong.push(`${route} as ${role}: ${got}, not ${expected[place]}`);
      }
    }
    assert.deepEqual(wrong, []);
  });

  test('what belongs to one person is closed to every other', async () => {
    const { world } = surroundings();
    const { hub } = world;
    const people = await gather(hub);
    const { member, proposer, moderator, elsewhere } = people;
    // Her log-in and her token, as forms name them: neither can be ended by somebody else.
    const page = await proposer.get('/account');
    const token = page.text.match(/tokens\/revoke[\s\S]*?name="which" value="([^"]+)"/)[1];
    for (const other of [member, moderator, people.operator]) {
      assert.equal(await other.post('/account/tokens/revoke', { which: token }), 404);
    }
    assert.equal((await hub.ask('GET', '/api/v1/datasets/lieux/patches', undefined, proposer.token)).status, 200);
    // Her proposal: she sees all of it and takes it back; others see no content, and cannot.
    const ops = [{ op: 'set', row: world.rows[31], field: 'horaires', value: 'Sa 09:00-12:00' }];
    const { id } = await hub.api('POST', '/datasets/lieux/patches', { ops, summary: 'pour moi' }, proposer.token);
    const shown = async (who) => (await hub.api('GET', `/patches/${id}`, undefined, who?.token));
    assert.equal((await shown(proposer)).summary, 'pour moi');
    assert.equal((await shown(moderator)).summary, 'pour moi');
    for (const other of [undefined, member, elsewhere]) {
      const { summary, ops: content } = await shown(other);
      assert.deepEqual([summary, content], [undefined, undefined]);
      if (other) assert.equal((await hub.ask('POST', `/api/v1/patches/${id}/withdraw`, {}, other.token)).status, 404);
    }
    const listed = async (who) => (await hub.api('GET', '/datasets/lieux/patches', undefined, who.token)).patches.length;
    assert.equal(await listed(member), 0);
    assert.ok(await listed(proposer) >= 1 && await listed(moderator) > await listed(proposer));
    assert.equal(await listed(elsewhere), 0);
    assert.equal((await hub.ask('POST', `/api/v1/patches/${id}/withdraw`, {}, proposer.token)).status, 200);
    // A link for one thing opens no other.
    const { link } = await hub.call(['user', 'invite']);
    const secret = link.split('/').pop();
    for (const path of ['password', 'address', 'suivi']) {
      assert.notEqual((await people.anonymous.get(`/${path}/${secret}`)).status, 200, path);
    }
    // Nobody acts in the log-in of a form that somebody else opened.
    const form = { old: PASSWORD, new: `${PASSWORD} volé` };
    assert.equal(await member.post('/account/password', form, await proposer.csrf()), 403);
  });
}

/// Somebody of a role: a browser without pictures, and a program with a token.
class Somebody {
  constructor(node) {
    this.node = node;
    this.cookies = new Map();
  }

  async get(path) {
    return this.keep(await this.node.request('GET', path, this.headers({})));
  }

  headers(more) {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    return { ...(cookie && { cookie }), ...more };
  }

  keep(answer) {
    for (const line of answer.headers['set-cookie'] ?? []) {
      const [name, ...value] = line.split(';')[0].split('=');
      this.cookies.set(name, value.join('='));
    }
    return answer;
  }

  /// The token of a form that was opened in this browser.
  async csrf() {
    const { text } = await this.get('/datasets/lieux/add');
    return text.match(/name="csrf" value="([^"]+)"/)[1];
  }

  async post(path, fields, csrf) {
    const body = new URLSearchParams({ ...fields, csrf: csrf ?? await this.csrf() }).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded', origin: this.node.origin };
    return outcome(this.keep(await this.node.request('POST', path, this.headers(headers), body)));
  }

  async enter(name) {
    assert.equal(await this.post('/connexion', { user: name, password: PASSWORD }), 303, name);
    ({ token: this.token } = await this.node.call(['user', 'token', name]));
    return this;
  }

  async ask(route, { path, send, fields, document }, world) {
    const [method, pattern] = route.split(' ');
    const where = path ? path(world) : pattern;
    if (send === FORM) return this.post(where, fields);
    // Programs and pages that programs read go by the token, which cookies never replace.
    const authorization = this.token && { authorization: `Bearer ${this.token}` };
    const headers = this.headers({ 'content-type': 'application/json', ...authorization });
    return outcome(await this.node.request(method, where, headers, document && JSON.stringify(document)));
  }
}

function outcome({ status, headers }) {
  return status === 303 && headers.location.startsWith('/connexion') ? 'login' : status;
}

let round = 0;

/// One person of each role, on the hub.
async function gather(hub) {
  round += 1;
  const name = (role) => `${role}_${round}`;
  const people = { anonymous: new Somebody(hub) };
  for (const role of ROLES.slice(1)) {
    people[role] = new Somebody(hub);
    if (role === 'operator') {
      await people.operator.enter(MODERATOR);
      continue;
    }
    await hub.call(['user', 'create', name(role), '--email', `${name(role)}@hub.example`]);
    await people[role].enter(name(role));
  }
  const grant = (role, dataset, which) =>
    hub.call(['grant', 'add', dataset, '--to', `${name(role)}@${hub.host}`, '--role', which]);
  await grant('moderator', 'lieux', 'write');
  await grant('owner', 'lieux', 'maintain');
  await grant('elsewhere', 'vide', 'write');
  await hub.call(['user', 'disable', name('suspended')]);
  return people;
}
