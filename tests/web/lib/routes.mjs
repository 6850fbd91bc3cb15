// The pages that the router knows, read from where they are registered.

import { readFileSync } from 'node:fs';

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
