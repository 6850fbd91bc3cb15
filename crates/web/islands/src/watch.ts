// Keeps a page of something that goes on by itself as it is: the page is asked for again, and its marked parts are put in
// place of those that are shown. It asks less often where nothing changes, not at all while nobody looks, and no more
// once the page says that nothing goes on. The link that loads the page again is there without it.

const FIRST_MS = 2_000;
const LONGEST_MS = 30_000;
/** Times that a page is asked for while it stays open: somebody forgot it. */
const MOST = 300;
const MOST_FAILURES = 5;

const sign = document.querySelector<HTMLElement>('[data-island=watch]');
if (sign?.dataset['watch'] === 'on') follow(sign);

function follow(sign: HTMLElement): void {
  let [pause, asked, failures] = [FIRST_MS, 0, 0];
  let timer: number | undefined;
  let busy = false;
  const wait = () => {
    clearTimeout(timer);
    if (asked < MOST && failures < MOST_FAILURES && !document.hidden) timer = setTimeout(look, pause);
  };
  const look = async () => {
    if (busy) return;
    [busy, asked] = [true, asked + 1];
    const fresh = await load();
    busy = false;
    if (fresh === 'gone') return;
    if (!fresh) {
      [failures, pause] = [failures + 1, Math.min(pause * 2, LONGEST_MS)];
      return wait();
    }
    failures = 0;
    const told = update(fresh);
    pause = told.changed ? FIRST_MS : Math.min(pause * 1.5, LONGEST_MS);
    const over = fresh.querySelector<HTMLElement>('[data-island=watch]')?.dataset['watch'] !== 'on';
    if (told.words.length > 0) sign.textContent = told.words.join(' ');
    else if (over) sign.textContent = sign.dataset['done'] ?? '';
    if (!over) wait();
  };
  document.addEventListener('visibilitychange', () => {
    pause = FIRST_MS;
    wait();
  });
  wait();
}

/** The page as it is now; `gone` where it is no longer this person's. */
async function load(): Promise<Document | 'gone' | undefined> {
  try {
    const answer = await fetch(location.pathname, { headers: { accept: 'text/html' } });
    if (answer.redirected || [401, 403, 404].includes(answer.status)) return 'gone';
    if (!answer.ok) return undefined;
    return new DOMParser().parseFromString(await answer.text(), 'text/html');
  } catch {
    return undefined;
  }
}

/** Puts the parts in place that changed; what stands in a part where somebody is at work stays. */
function update(fresh: Document): { changed: boolean; words: string[] } {
  let changed = false;
  const words: string[] = [];
  for (const part of document.querySelectorAll<HTMLElement>('[data-live]')) {
    const now = fresh.querySelector<HTMLElement>(`[data-live="${CSS.escape(part.dataset['live'] ?? '')}"]`);
    const isUsed = part.contains(document.activeElement) || part.querySelector('input:checked') !== null;
    if (!now || isUsed || part.innerHTML === now.innerHTML) continue;
    const before = said(part);
    part.replaceChildren(...document.importNode(now, true).childNodes);
    changed = true;
    const after = said(part);
    if (after !== before) words.push(after);
  }
  return { changed, words };
}

/** What is worth reading aloud of a part: how it stands, and not each step of a bar. */
function said(part: HTMLElement): string {
  return [...part.querySelectorAll('[data-said]')].map((one) => one.textContent?.trim() ?? '').join(' ');
}
