// Shortcuts for moderators: single keys that press the links and buttons which the page has anyway. They are silent in
// whatever takes text, with a modifier held, and once somebody turned them off (WCAG 2.1.4).

const STORE = 'rustine-keys';

const panel = document.querySelector<HTMLDetailsElement>('[data-island=keys]');
if (panel) begin(panel);

function begin(help: HTMLDetailsElement): void {
  help.hidden = false;
  let on = remembered();
  const buttons = help.querySelectorAll<HTMLButtonElement>('[data-keys]');
  const show = () => buttons.forEach((button) => { button.hidden = (button.dataset['keys'] === 'on') === on; });
  const turn = (to: boolean) => {
    on = to;
    remember(on);
    show();
    [...buttons].find((button) => !button.hidden)?.focus();
  };
  buttons.forEach((button) => button.addEventListener('click', () => turn(button.dataset['keys'] === 'on')));
  show();
  document.addEventListener('keydown', (event) => {
    if (!on || event.defaultPrevented || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
    if (takesText(event.target)) return;
    if (event.key === '?') toggle(help);
    else if (!press(event.key) && !walk(event.key)) return;
    event.preventDefault();
  });
}

/** Boxes of choices too: people type letters to move in them. */
function takesText(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'));
}

function toggle(help: HTMLDetailsElement): void {
  help.open = !help.open;
  if (help.open) help.querySelector<HTMLElement>('summary')?.focus();
}

/** What the page gave this key to: pressed once, or opened with its first box ready. */
function press(key: string): boolean {
  const named = [...document.querySelectorAll<HTMLElement>('[data-key]')];
  const target = named.find((one) => one.dataset['key'] === key);
  if (!target) return false;
  if (target instanceof HTMLDetailsElement) {
    target.open = true;
    target.querySelector<HTMLElement>('input:not([type=hidden]), textarea, select')?.focus();
    return true;
  }
  delete target.dataset['key'];
  target.click();
  return true;
}

/** In a list, `j` and `k` go from one line to the next; Enter opens it, as everywhere. */
function walk(key: string): boolean {
  const lines = [...document.querySelectorAll<HTMLElement>('[data-key-line]')];
  const place = lines.findIndex((line) => line === document.activeElement);
  const next = key === 'j' ? lines[place + 1] : key === 'k' && place > 0 ? lines[place - 1] : undefined;
  next?.focus();
  return next !== undefined;
}

/** A browser that keeps nothing has the shortcuts on: whoever cannot turn them off for good can still do it here. */
function remembered(): boolean {
  try {
    return localStorage.getItem(STORE) !== 'off';
  } catch {
    return true;
  }
}

function remember(on: boolean): void {
  try {
    localStorage.setItem(STORE, on ? 'on' : 'off');
  } catch {
    // Then it holds for this page.
  }
}
