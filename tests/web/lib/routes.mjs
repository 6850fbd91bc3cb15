// The pages that the router knows, read from where they are registered.

import { readFileSync, readdirSync } from 'node:fs';

const SOURCE = new URL('../../../crates/web/src/pages.rs', import.meta.url);

/// Every path that answers GET with a page. Fails where the source is not written as this reads it.
export function routes() {
  const source = readFileSync(SOURCE, 'utf8').replace(/\/\/.*$/gm, '');
  const parts = source.split('web::resource(').slice(1);
  const found = parts.flatMap((part) => {
    const paths = [...part.slice(0, part.indexOf(')')).matchAll(/"([^"]+)"/g)].map((match) => match[1]);
    const isGet = /\.route\(\s*(?:web::)?get\(\)/.test(part);
    if (paths.length === 0 || !part.includes('.route(')) throw new Error(`a resource that cannot be read: ${part.slice(0, 80)}`);
    return isGet ? paths : [];
  });
  if (found.length < 10) throw new Error(`only ${found.length} pages were found in the router`);
  return found;
}

const CRATES = new URL('../../../crates/', import.meta.url);
const text = (file) => readFileSync(new URL(file, CRATES), 'utf8').replace(/\/\/.*$/gm, '');

/// Methods in the part of a source that registers one resource.
const methods = (part) => ['get', 'post'].filter((method) => new RegExp(`\\b${method}\\(\\)`).test(part)).map((method) => method.toUpperCase());

/// What `web::resource(…)` registers in a file, as "METHOD path".
function resources(file) {
  return text(file).split('web::resource(').slice(1).flatMap((part) => {
    const paths = [...part.slice(0, part.indexOf(')')).matchAll(/"([^"]+)"/g)].map((match) => match[1]);
    return paths.flatMap((path) => methods(part).map((method) => `${method} ${path}`));
  });
}

/// Files that register resources, and how each is read. A file that is not here fails.
const REGISTERED = {
  'web/src/pages.rs': resources,
  'web/src/qr.rs': resources,
  'web/src/assets.rs': resources,
  'web/src/exports.rs': resources,
  'web/src/api.rs': (file) => [...text(file).matchAll(/\b(read|at)\(\s*"([^"]+)"([\s\S]*?)(?=\.service\(|;)/g)]
    .filter(([, , path]) => path !== '{rest:.*}')
    .flatMap(([, how, path, rest]) => (how === 'read' ? ['GET'] : methods(rest)).map((method) => `${method} /api/v1/${path}`)),
  'federation/src/documents/mod.rs': (file) => [...text(file).matchAll(/\b(?:reading|resource)\(\s*"([^"]+)"/g)].map(([, path]) => `GET ${path}`),
  'federation/src/inbox/mod.rs': (file) => [...text(file).match(/for path in \[([\s\S]*?)\]/)[1].matchAll(/"([^"]+)"/g)].map(([, path]) => `POST ${path}`),
  'node/src/serve.rs': (file) => [...text(file).matchAll(/\.route\(\s*"([^"]+)",\s*web::get\(\)/g)].map(([, path]) => `GET ${path}`),
};

/// Every "METHOD path" that a node answers, pages, API, documents and inboxes. HEAD and OPTIONS go with GET.
export function everyRoute() {
  const sources = readdirSync(CRATES, { recursive: true }).filter((file) => /^[a-z]+\/src\/.*\.rs$/.test(file) && !/tests?[./]|^testkit/.test(file));
  const registering = sources.filter((file) => /\bweb::resource\(|[^:\w]resource\("|\.route\(\s*"/.test(text(file)));
  const unread = registering.filter((file) => !(file in REGISTERED));
  if (unread.length > 0) throw new Error(`routes are registered where nobody looks: ${unread.join(', ')}`);
  return [...new Set(Object.entries(REGISTERED).flatMap(([file, read]) => {
    const found = read(file);
    if (found.length === 0) throw new Error(`no route was found in ${file}`);
    return found;
  }))].toSorted();
}
