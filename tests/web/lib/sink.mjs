// A mail server on loopback that keeps every letter.

import net from 'node:net';

const LINES = { EHLO: '250-sink.localhost\r\n250 8BITMIME', QUIT: '221 good bye' };

export class Sink {
  static async start() {
    const sink = new Sink();
    sink.letters = [];
    sink.server = net.createServer((socket) => sink.converse(socket));
    await new Promise((ready) => sink.server.listen(0, '127.0.0.1', ready));
    return sink;
  }

  /// What makes a node send through it.
  env(from) {
    return {
      RUSTINE_MAIL__TRANSPORT: 'smtp', RUSTINE_MAIL__HOST: '127.0.0.1', RUSTINE_MAIL__TLS: 'none',
      RUSTINE_MAIL__PORT: String(this.server.address().port), RUSTINE_MAIL__FROM: from,
    };
  }

  converse(socket) {
    let held = '';
    let to = '';
    let data = false;
    const say = (line) => socket.write(`${line}\r\n`);
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      held += bytes.toString('latin1');
      for (;;) {
        const end = held.indexOf(data ? '\r\n.\r\n' : '\r\n');
        if (end < 0) return;
        const text = held.slice(0, end);
        held = held.slice(end + (data ? 5 : 2));
        if (data) {
          data = false;
          this.letters.push(read(to, text.replace(/\r\n\.\./g, '\r\n.')));
          say('250 kept');
          continue;
        }
        const word = text.split(' ')[0].toUpperCase();
        if (word === 'RCPT') to = /<(.*)>/.exec(text)?.[1] ?? '';
        data = word === 'DATA';
        say(data ? '354 go on' : LINES[word] ?? '250 fine');
      }
    });
    say('220 sink.localhost');
  }

  /// The letters to an address.
  to(address) {
    return this.letters.filter((letter) => letter.to === address);
  }

  stop() {
    return new Promise((closed) => this.server.close(closed));
  }
}

/// A letter as a mail program shows it: its header lines and its two bodies.
function read(to, raw) {
  const letter = { to, raw, headers: headers(raw), text: '', html: '' };
  parts(raw, letter);
  return letter;
}

function headers(raw) {
  const lines = raw.split('\r\n\r\n')[0].replace(/\r\n[ \t]/g, ' ').split('\r\n');
  return Object.fromEntries(lines.map((line) => [line.split(':')[0].toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]));
}

function parts(raw, letter) {
  const known = headers(raw);
  const body = raw.slice(raw.indexOf('\r\n\r\n') + 4);
  const border = /boundary="([^"]+)"/.exec(known['content-type'] ?? '')?.[1];
  if (border) {
    const inner = body.split(`--${border}`).slice(1).filter((part) => !part.startsWith('--'));
    inner.forEach((part) => parts(part.replace(/^\r\n/, ''), letter));
    return;
  }
  const text = decoded(body, known['content-transfer-encoding'] ?? '');
  if (known['content-type']?.startsWith('text/html')) letter.html = text;
  else letter.text = text;
}

function decoded(body, how) {
  if (/base64/i.test(how)) return Buffer.from(body, 'base64').toString();
  if (!/quoted-printable/i.test(how)) return Buffer.from(body, 'latin1').toString();
  const plain = body.replace(/=\r\n/g, '').replace(/=([0-9A-F]{2})/g, (_, code) => String.fromCharCode(parseInt(code, 16)));
  return Buffer.from(plain, 'latin1').toString();
}
