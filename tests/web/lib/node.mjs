// Real nodes: the binary under test, a data folder of its own, a port of its own on loopback.

import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { openSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export const PASSWORD = 'un vélo sans selle roule mal';
export const MODERATOR = 'moderation';

/// What the operator wrote; the charter is left out, so that a page shows what is missing.
const LEGAL = {
  RUSTINE_LEGAL__PUBLISHER: 'Association du Pays de Brume, loi 1901, 1 rue des Tanneurs, 01990 Brume-sur-Loue',
  RUSTINE_LEGAL__DIRECTOR: 'La présidente de l’association',
  RUSTINE_LEGAL__HOSTING: 'Hébergeur associatif, 2 rue des Tanneurs, 01990 Brume-sur-Loue',
  RUSTINE_LEGAL__CONTACT: 'bonjour@brume.example',
};

/// Everybody here comes from one address, and many at a time; the tests of the limits are elsewhere.
const RATES = {
  RUSTINE_RATES__LOG_INS: '1000',
  RUSTINE_RATES__LOG_INS_PER_NAME: '200',
  RUSTINE_RATES__RESETS: '1000',
  RUSTINE_RATES__SIGN_UPS: '1000',
};

/// How long a state may take to come, in milliseconds: generous, because the machine may be busy with other things.
const PATIENCE_MS = 60_000;

/// The binary under test; nothing runs without it.
export function binary() {
  const named = process.env.RUSTINE_BIN;
  if (!named) throw new Error('RUSTINE_BIN names no binary: cargo build -p rustine, then RUSTINE_BIN=$PWD/target/debug/rustine');
  return path.resolve(named);
}

/// Waits until `ask` gives something true, and gives it back.
export async function until(what, ask) {
  const end = Date.now() + PATIENCE_MS;
  let last;
  while (Date.now() < end) {
    try {
      const found = await ask();
      if (found) return found;
      last = undefined;
    } catch (error) {
      last = error;
    }
    await new Promise((wake) => setTimeout(wake, 100));
  }
  throw new Error(`${what}: not within ${PATIENCE_MS / 1000} s${last ? `; last: ${last.message}` : ''}`);
}

async function freePort() {
  const server = net.createServer();
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address();
  await new Promise((closed) => server.close(closed));
  return port;
}

export class Node {
  /// Makes and starts a node that calls itself `title`; `settings` are variables of its environment.
  static async start(name, title, settings = {}) {
    const node = new Node();
    node.settings = settings;
    node.home = await mkdtemp(path.join(os.tmpdir(), `rustine-web-${name}-`));
    node.port = await freePort();
    node.host = `${name}.localhost:${node.port}`;
    node.origin = `http://${node.host}`;
    const listen = `127.0.0.1:${node.port}`;
    await node.call(['init', '--origin', node.origin, '--listen', listen, '--name', title, '--dev',
      '--admin', MODERATOR, '--admin-email', `${MODERATOR}@${name}.example`]);
    const log = openSync(path.join(node.home, 'serve.log'), 'w');
    node.child = spawn(binary(), ['--data', path.join(node.home, 'data'), 'serve'],
      { env: node.env(), stdio: ['ignore', 'ignore', log] });
    await until(`${name} answers`, async () => {
      if (node.child.exitCode !== null) throw new Error(await node.log());
      return (await node.ask('GET', '/readyz')).status === 200;
    });
    return node;
  }

  log() {
    return readFile(path.join(this.home, 'serve.log'), 'utf8');
  }

  env() {
    const clean = Object.entries(process.env).filter(([name]) => !name.startsWith('RUSTINE_'));
    const own = { ...LEGAL, ...RATES, ...this.settings };
    return { ...Object.fromEntries(clean), RUSTINE_ADMIN_PASSWORD: PASSWORD, RUSTINE_PASSWORD: PASSWORD, ...own };
  }

  /// Runs a command and gives its JSON.
  async call(words) {
    const arguments_ = ['--data', path.join(this.home, 'data'), '--json', ...words];
    const { stdout } = await run(binary(), arguments_, { env: this.env() });
    return JSON.parse(stdout);
  }

  async file(name, text) {
    const file = path.join(this.home, name);
    await writeFile(file, text);
    return file;
  }

  /// One request over HTTP; the name of the node is not asked of any resolver.
  ask(method, where, document, token) {
    const headers = { 'content-type': 'application/json' };
    if (token) headers.authorization = `Bearer ${token}`;
    return this.request(method, where, headers, document === undefined ? undefined : JSON.stringify(document));
  }

  /// Sends a form without a browser.
  send(where, fields, headers) {
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    return this.request('POST', where, { ...type, ...headers }, new URLSearchParams(fields).toString());
  }

  request(method, where, more, body) {
    return new Promise((resolve, reject) => {
      const headers = { host: this.host, ...more };
      const options = { host: '127.0.0.1', port: this.port, method, path: where, headers };
      const request = http.request(options, (answer) => {
        const parts = [];
        answer.on('data', (part) => parts.push(part));
        answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, text: Buffer.concat(parts).toString() }));
      });
      request.on('error', reject);
      request.end(body);
    });
  }

  /// One request of the JSON API; anything but success is an error.
  async api(method, where, document, token) {
    const answer = await this.ask(method, `/api/v1${where}`, document, token);
    if (answer.status >= 300) throw new Error(`${method} ${where}: ${answer.status} ${answer.text}`);
    return JSON.parse(answer.text);
  }

  /// Waits for a letter to this address, as the file transport writes it, and gives the path of the link in it.
  letter(address, link) {
    const folder = path.join(this.home, 'data', 'mails');
    return until(`a letter to ${address}`, async () => {
      const names = await readdir(folder).catch(() => []);
      for (const name of names.toSorted().reverse()) {
        const text = (await readFile(path.join(folder, name), 'utf8')).replaceAll('=\r\n', '').replaceAll('=3D', '=');
        const found = text.includes(address) && text.match(link);
        if (found) return new URL(found[0]).pathname;
      }
      return undefined;
    });
  }

  async stop() {
    if (this.child && this.child.exitCode === null) {
      const ended = new Promise((done) => this.child.once('exit', done));
      this.child.kill('SIGKILL');
      await ended;
    }
    await rm(this.home, { recursive: true, force: true });
  }
}
