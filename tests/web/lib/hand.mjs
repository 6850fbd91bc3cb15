// A hand that taps and types, and counts as the gates do: typing is free, everything else is an interaction.

/// Counts what a person does in a page: taps, keys outside of text fields, pages opened by an address.
export class Hand {
  constructor(page) {
    this.page = page;
    this.done = 0;
    this.heard = 0;
  }

  /// With scripts the page itself counts too, so that nothing the driver does goes unnoticed.
  static async on(page, scripts) {
    const hand = new Hand(page);
    hand.scripts = scripts;
    if (!scripts) return hand;
    await page.exposeBinding('rustineHeard', () => { hand.heard += 1; });
    await page.addInitScript(() => {
      const isText = (one) => one.matches?.('textarea, input:not([type=checkbox]):not([type=radio]):not([type=submit])');
      // A tap on a label is a second, untrusted click on its box; Enter on a button is a click without a place.
      addEventListener('click', (event) => { if (event.isTrusted && event.detail > 0) globalThis.rustineHeard(); }, true);
      addEventListener('keydown', (event) => { if (event.isTrusted && !isText(event.target)) globalThis.rustineHeard(); }, true);
    });
    return hand;
  }

  /// A landing counts nothing: counting begins there.
  async land(address) {
    await this.page.goto(address);
    this.done = 0;
    this.heard = 0;
  }

  async tap(locator) {
    this.done += 1;
    await locator.tap();
  }

  /// A tap that opens another page.
  async follow(locator) {
    this.done += 1;
    await Promise.all([this.page.waitForEvent('load'), locator.tap()]);
  }

  /// Puts the finger into a field and writes: one interaction.
  async write(locator, text) {
    await this.tap(locator);
    await locator.fill(text);
  }

  async open(address) {
    this.done += 1;
    if (this.scripts) this.heard += 1;
    await this.page.goto(address);
  }
}
