// The map of a dataset. The page as the server made it holds everything: a picture whose links are the places and
// groups in view, and the list beside it. This script draws them on a map that moves, and asks the server for the same
// page again, with another box, whenever it has moved. So the address, the list and the map always say the same.

import type * as Drawing from './leaflet';

const PARTS = ['map-status', 'map-list'];
/** A movement is over when nothing moved for so long, in milliseconds. */
const PAUSE_MS = 250;

interface Shown { at: [number, number]; count: number; words: string; href: string; row: string; box: number[] }

async function start(frame: HTMLElement | null): Promise<void> {
  if (!frame?.dataset['leaflet']) return;
  const drawing = await import(/* @vite-ignore */ frame.dataset['leaflet']) as typeof Drawing;
  new DatasetMap(frame, drawing);
}

/** The links of the picture as places and groups. */
function shown(page: ParentNode): Shown[] {
  return [...page.querySelectorAll<SVGAElement>('[data-island=map] svg a[data-at]')].map((link) => ({
    at: numbers(link.dataset['at']) as [number, number],
    count: Number(link.dataset['count'] ?? '1'),
    words: link.getAttribute('aria-label') ?? '',
    href: link.getAttribute('href') ?? '',
    row: link.dataset['row'] ?? '',
    box: numbers(link.dataset['box']),
  }));
}

function numbers(text: string | undefined): number[] {
  return text ? text.split(',').map(Number) : [];
}

class DatasetMap {
  private readonly map: Drawing.LeafletMap;
  private markers = new Map<string, Drawing.Marker>();
  private running: AbortController | undefined;
  private timer = 0;

  constructor(frame: HTMLElement, private readonly drawing: typeof Drawing) {
    const places = shown(document);
    const [west = -180, south = -60, east = 180, north = 75] = numbers(frame.dataset['box']);
    const ground = document.createElement('div');
    ground.className = 'ground';
    ground.setAttribute('role', 'application');
    ground.setAttribute('aria-label', frame.dataset['name'] ?? '');
    frame.querySelector('svg')?.replaceWith(ground);
    frame.querySelector('.map-moves')?.remove();
    this.map = drawing.makeMap(ground, {
      tiles: frame.dataset['tiles'] ?? '',
      zoomIn: frame.dataset['zoomIn'] ?? '',
      zoomOut: frame.dataset['zoomOut'] ?? '',
    });
    this.map.fitBounds(new drawing.LatLngBounds([south, west], [north, east]), { animate: false, maxZoom: 16 });
    this.draw(places);
    // Only a movement of the reader asks again: what the server just sent is what it shows.
    this.map.on('moveend', () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => void this.ask(), PAUSE_MS);
    });
    document.addEventListener('focusin', (event) => this.light(event.target));
    document.addEventListener('mouseover', (event) => this.light(event.target));
    frame.dataset['ready'] = 'yes';
  }

  private draw(places: Shown[]): void {
    for (const marker of this.markers.values()) marker.remove();
    this.markers = new Map();
    for (const place of places) {
      const marker = this.drawing.makeMarker(new this.drawing.LatLng(...place.at), place.words, place.count);
      marker.on('click', () => this.open(place));
      marker.on('keypress', (event) => {
        const pressed = (event as unknown as { originalEvent: KeyboardEvent }).originalEvent;
        if (pressed.key !== 'Enter' && pressed.key !== ' ') return;
        pressed.preventDefault();
        this.open(place);
      });
      marker.addTo(this.map);
      this.markers.set(place.row || place.href, marker);
    }
  }

  /** A group opens into its places; a place is shown in the list, where its page and its correction are. */
  private open(place: Shown): void {
    const [west, south, east, north] = place.box;
    const entry = place.row === '' ? null : document.querySelector<HTMLElement>(`#map-list [data-row="${place.row}"] a`);
    if (entry) {
      entry.focus({ preventScroll: true });
      entry.scrollIntoView({ block: 'nearest' });
    } else if (north !== undefined && !(west === east && south === north) && this.map.getZoom() < this.drawing.MOST_ZOOM) {
      this.map.fitBounds(new this.drawing.LatLngBounds([south!, west!], [north, east!]), { maxZoom: this.drawing.MOST_ZOOM });
    } else {
      location.assign(place.href);
    }
  }

  /** The same page for what the map shows now. */
  private async ask(): Promise<void> {
    const bounds = this.map.getBounds();
    const clamp = (value: number, most: number) => Math.max(-most, Math.min(most, value)).toFixed(5);
    const address = new URL(location.href);
    address.searchParams.set('bbox', [clamp(bounds.getWest(), 180), clamp(bounds.getSouth(), 90),
      clamp(bounds.getEast(), 180), clamp(bounds.getNorth(), 90)].join(','));
    for (const page of ['after', 'before']) address.searchParams.delete(page);
    this.running?.abort();
    this.running = new AbortController();
    try {
      const answer = await fetch(address, { signal: this.running.signal, headers: { accept: 'text/html' } });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const focused = this.focused();
      this.draw(shown(page));
      for (const part of PARTS) {
        const old = document.getElementById(part);
        const now = page.getElementById(part);
        if (old && now) old.replaceChildren(...now.childNodes);
      }
      history.replaceState(null, '', address);
      this.keepAddress(page);
      if (focused) this.markers.get(focused)?.getElement()?.focus();
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
    }
  }

  /** Links and forms elsewhere on the page that carry the box follow it. */
  private keepAddress(page: Document): void {
    for (const part of document.querySelectorAll('[data-follows-map]')) {
      const now = page.getElementById(part.id);
      if (now) part.replaceChildren(...now.childNodes);
    }
  }

  private focused(): string | undefined {
    const focus = document.activeElement;
    return [...this.markers].find(([, marker]) => marker.getElement() === focus)?.[0];
  }

  /** The place of the entry that is looked at stands out. */
  private light(target: EventTarget | null): void {
    const entry = target instanceof Element ? target.closest<HTMLElement>('#map-list [data-row]') : null;
    for (const [key, marker] of this.markers) {
      marker.getElement()?.classList.toggle('lit', entry !== null && key === entry.dataset['row']);
    }
  }
}

// At the end: the class above is made when the module has been read.
void start(document.querySelector<HTMLElement>('[data-island=map]'));
