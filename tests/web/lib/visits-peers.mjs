// The pages of operators about partners, blocks and keys.

const at = (path) => () => path;
const peer = (world) => `/admin/peers/${world.partner.host}`;

export const PEERS = [
  { name: 'partners', route: '/partners', on: 'partner', path: at('/partners') },
  { name: 'partners-none', on: 'partner', path: at('/partners?q=introuvable') },
  { name: 'partners-rows', on: 'partner', path: at('/partners?q=annexe') },
  { name: 'admin', route: '/admin', who: 'moderator', path: at('/admin') },
  { name: 'peers', route: '/admin/peers', who: 'moderator', path: at('/admin/peers') },
  { name: 'peers-errors', who: 'moderator', status: 422, path: at('/admin/peers/look?host=pas%20une%20adresse') },
  { name: 'peer-look', route: '/admin/peers/look', on: 'fresh', who: 'moderator', path: (world) => `/admin/peers/look?host=${world.hub.host}` },
  { name: 'peer', route: '/admin/peers/{host}', who: 'moderator', path: peer },
  { name: 'peer-copies', on: 'partner', who: 'moderator', path: (world) => `/admin/peers/${world.hub.host}` },
  { name: 'peer-keys', route: '/admin/peers/keys', who: 'moderator', path: at('/admin/peers/keys') },
  { name: 'blocks', route: '/admin/blocks', who: 'moderator', path: at('/admin/blocks') },
  { name: 'blocks-preview', who: 'moderator', path: at('/admin/blocks?domain=partenaire.localhost') },
  { name: 'blocks-errors', who: 'moderator', status: 422, path: at('/admin/blocks?domain=rien') },
];
