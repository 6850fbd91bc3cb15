// Three real nodes with everything on them that a page can show: the hub owns a register, the partner holds a verified
// copy of it, and a fresh one holds nothing yet.

import { MODERATOR, Node, until } from './node.mjs';
import { SCHEMA, csv } from './places.mjs';

const ROWS = 64;
/// Beyond sixty in an hour, proposals of visitors are a flood.
const FLOOD = 64;
export const MEMBER = 'ana';

/// Where every visit finds what it needs: addresses of rows, proposals and private pages.
export async function world() {
  const [hub, partner, fresh] = await Promise.all([
    Node.start('hub', 'Hub du Pays de Brume'),
    Node.start('partenaire', 'Les Rives'),
    Node.start('neuf', 'Nouveau nœud'),
  ]);
  const made = { hub, partner, fresh, stop: () => Promise.all([hub, partner, fresh].map((node) => node.stop())) };
  try {
    await publish(hub);
    const { token } = await hub.call(['user', 'token', MODERATOR]);
    made.token = token;
    await hub.call(['user', 'create', MEMBER, '--email', `${MEMBER}@hub.example`]);
    const { rows } = await hub.api('GET', '/datasets/lieux/rows?limit=1000');
    made.rows = rows.map((row) => row.id);
    await copy(hub, partner);
    made.copy = `/datasets/lieux@${hub.host}`;
    made.proposals = await propose(made);
    await flood(hub);
    return made;
  } catch (error) {
    await made.stop();
    throw error;
  }
}

async function publish(hub) {
  const schema = await hub.file('schema.json', JSON.stringify(SCHEMA));
  const options = ['--schema', schema, '--license', 'etalab-2.0', '--key', 'id', '--publish'];
  const full = await hub.file('lieux.csv', csv(ROWS));
  await hub.call(['dataset', 'import', full, '--name', 'lieux', ...options]);
  const empty = await hub.file('vide.csv', csv(0));
  await hub.call(['dataset', 'import', empty, '--name', 'vide', '--title', 'Ateliers à venir', ...options]);
}

/// The two become partners, and the second copies the register of the first.
export async function copy(hub, partner, count = ROWS) {
  const state = (node, host) => async () =>
    (await node.call(['peer', 'list'])).peers.find((peer) => peer.host === host)?.state;
  await partner.call(['peer', 'add', hub.host]);
  await until('the hub is asked', async () => (await state(hub, partner.host)()) === 'asking');
  await hub.call(['peer', 'accept', partner.host]);
  await until('the peering is accepted', async () => (await state(partner, hub.host)()) === 'accepted');
  await partner.call(['replica', 'add', `lieux@${hub.host}`]);
  await until('the copy is complete', async () => {
    const rows = await partner.api('GET', `/datasets/lieux@${hub.host}/rows?limit=1`);
    return rows.total === count;
  });
}

/// One proposal in each state that a private page or a review can show, each on a row of its own.
async function propose({ hub, partner, rows, token }) {
  const set = (row, field, value) => ({ op: 'set', row: rows[row], field, value });
  const offer = async (ops, summary) => {
    const made = await hub.api('POST', '/datasets/lieux/patches', { ops, summary });
    return { id: made.id, path: new URL(made.status_url).pathname };
  };
  const decide = (proposal, verb, document) => hub.api('POST', `/patches/${proposal.id}/${verb}`, document, token);
  const hours = 'Mo-Fr 09:00-12:00';

  const accepted = await offer([set(1, 'horaires', hours)], 'Nouveaux horaires affichés sur la porte.');
  await decide(accepted, 'accept');
  const amended = await offer([set(2, 'horaires', hours), set(2, 'telephone', '0353019999')]);
  await decide(amended, 'amend', { set: { telephone: '0353018888' }, leave_out: [0] });
  const refused = await offer([set(3, 'nom', 'Autre nom')], 'J’y étais hier.');
  await decide(refused, 'refuse', { reason: 'La valeur actuelle est la bonne.' });
  const withdrawn = await offer([{ op: 'del', row: rows[4] }]);
  await hub.api('POST', `/patches/${withdrawn.id}/withdraw`, { token: withdrawn.path.split('/').pop() });

  const overtaken = await offer([set(5, 'horaires', hours), set(5, 'site_web', null)], 'Vu sur place.');
  const faster = await offer([set(5, 'horaires', 'Mo-Su 08:00-20:00')]);
  await decide(faster, 'accept');
  const clash = await hub.ask('POST', `/api/v1/patches/${overtaken.id}/accept`, undefined, token);
  if (clash.status !== 409) throw new Error(`the second change of a cell was not a conflict: ${clash.text}`);

  const pending = await offer([
    set(6, 'horaires', hours), set(6, 'presentation', 'Un lieu ouvert à tous.\nAccès par la cour.'),
    { op: 'add', cells: { id: 'PB-900', nom: 'Médiathèque des Prés', commune: 'Les Rives', code_postal: '01992' } },
    { op: 'del', row: rows[7] },
  ], 'Le déménagement est fait.');
  const one = await offer([set(8, 'places', '14')]);
  const moved = [set(14, 'latitude', '46.9'), set(14, 'longitude', '3.2')];
  const shift = await offerFrom(hub, 9_000, 'lieux', moved, 'Le point était sur la mairie.');
  await offer([set(12, 'horaires', hours)]);
  const alike = await offer([set(13, 'horaires', hours)]);
  return { alike, shift, accepted, amended, refused, withdrawn, conflict: overtaken, pending, one, ...await fromPartner(hub, partner, rows) };
}

/// A visitor of the partner corrects a row of the copy; the proposal reaches the hub's queue.
async function fromPartner(hub, partner, rows) {
  const document = { ops: [{ op: 'set', row: rows[9], field: 'horaires', value: 'Sa 10:00-12:00' }], summary: 'Fermé en semaine.' };
  const made = await partner.api('POST', `/datasets/lieux@${hub.host}/patches`, document);
  const received = await until('the proposal reaches the hub', async () => {
    const { patches } = await hub.call(['patch', 'list', '--dataset', 'lieux', '--status', 'pending']);
    return patches.find((patch) => patch.origin === partner.host);
  });
  return { remote: { id: received.id, path: new URL(made.status_url).pathname } };
}

/// More in an hour than people can read one by one: the rest is set aside.
async function flood(hub) {
  for (let number = 0; number < FLOOD; number += 1) {
    const cells = { id: `PB-${800 + number}`, nom: `Publicité ${number}`, commune: 'Les Rives', code_postal: '01992' };
    await offerFrom(hub, number, 'vide', [{ op: 'add', cells }]);
  }
}

/// A proposal of a visitor from a network of her own, as the proxy in front of the node names it: quotas count by that.
export async function offerFrom(node, network, dataset, ops, summary) {
  const headers = { 'content-type': 'application/json', 'x-forwarded-for': `10.${network >> 8}.${network & 255}.1` };
  const document = JSON.stringify({ ops, summary });
  const answer = await node.request('POST', `/api/v1/datasets/${dataset}/patches`, headers, document);
  if (answer.status !== 202) throw new Error(`a proposal was not taken: ${answer.status} ${answer.text}`);
  return JSON.parse(answer.text);
}
