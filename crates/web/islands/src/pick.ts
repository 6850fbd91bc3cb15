// Choosing a place on a map in a form. The boxes for the degrees stay what is sent; without this script people write
// them, or search an address. Nothing is loaded before somebody asks for the map.

import type * as Drawing from './leaflet';

interface Boxes { read(): [number, number] | undefined; write(lat: number, lon: number): void }

for (const part of document.querySelectorAll<HTMLElement>('[data-island=pick]')) begin(part);

function begin(part: HTMLElement): void {
  const opener = part.querySelector<HTMLButtonElement>('button[data-open]');
  const found = boxes(part);
  if (!opener || !found) return;
  // Without a search for addresses this part is nothing but the map.
  part.hidden = false;
  opener.hidden = false;
  // A place that was looked up shows in the boxes at once.
  for (const radio of part.querySelectorAll<HTMLInputElement>('input[name=place]')) {
    radio.addEventListener('change', () => {
      const [lat, lon] = radio.value.split(',').map(Number);
      if (lat !== undefined && lon !== undefined) found.write(lat, lon);
    });
  }
  opener.addEventListener('click', () => {
    opener.disabled = true;
    void open(part, opener, found);
  });
}

/** One box for both degrees ("longitude, latitude" as schemas write points) or one for each. */
function boxes(part: HTMLElement): Boxes | undefined {
  const box = (name: string) => {
    const id = part.dataset[name];
    const found = id ? document.getElementById(id) : null;
    return found instanceof HTMLInputElement || found instanceof HTMLTextAreaElement ? found : undefined;
  };
  const number = (text: string) => (text.trim() === '' ? NaN : Number(text.replace(',', '.')));
  const both = (lat: number, lon: number): [number, number] | undefined =>
    Math.abs(lat) <= 90 && Math.abs(lon) <= 180 ? [lat, lon] : undefined;
  const point = box('point');
  if (point) {
    return {
      read: () => {
        const [lon, lat] = point.value.replace(/[[\]]/g, '').split(',').map(number);
        return both(lat ?? NaN, lon ?? NaN);
      },
      write: (lat, lon) => set(point, `${round(lon)}, ${round(lat)}`),
    };
  }
  const [north, east] = [box('lat'), box('lon')];
  if (!north || !east) return undefined;
  const like = (old: string, degrees: number) => (old.includes(',') ? round(degrees).replace('.', ',') : round(degrees));
  return {
    read: () => both(number(north.value), number(east.value)),
    write: (lat, lon) => {
      set(north, like(north.value, lat));
      set(east, like(east.value, lon));
    },
  };
}

/** A metre is the fifth decimal. */
function round(degrees: number): string {
  return String(Number(degrees.toFixed(5)));
}

function set(box: HTMLInputElement | HTMLTextAreaElement, text: string): void {
  box.value = text;
  box.dispatchEvent(new Event('input', { bubbles: true }));
}

async function open(part: HTMLElement, opener: HTMLButtonElement, found: Boxes): Promise<void> {
  const { dataset } = part;
  const drawing = await import(/* @vite-ignore */ dataset['leaflet']!) as typeof Drawing;
  await sheet(dataset['sheet']);
  const area = part.querySelector<HTMLElement>('[data-area]')!;
  const ground = area.querySelector<HTMLElement>('.ground')!;
  const status = area.querySelector<HTMLElement>('[role=status]')!;
  area.hidden = false;
  opener.hidden = true;
  const map = drawing.makeMap(ground, {
    tiles: dataset['tiles'] ?? '', zoomIn: dataset['zoomIn'] ?? '', zoomOut: dataset['zoomOut'] ?? '',
  });
  const held = found.read();
  const [west, south, east, north] = (dataset['box'] ?? '').split(',').map(Number);
  if (held) map.setView(held, 16);
  else if (north !== undefined) map.fitBounds([[south!, west!], [north, east!]], { animate: false });
  else map.setView([46.6, 2.4], 5);
  const words = dataset['marker'] ?? '';
  let marker: Drawing.Marker | undefined;
  const put = (at: Drawing.LatLng, fill: boolean) => {
    const place = at.wrap();
    if (!marker) {
      marker = drawing.makeMarker(place, words, 1, { draggable: true });
      marker.on('dragend', () => put(marker!.getLatLng(), true));
      marker.addTo(map);
    }
    marker.setLatLng(place);
    if (!fill) return;
    found.write(place.lat, place.lng);
    status.textContent = `${dataset['placed'] ?? ''} ${round(place.lat)}, ${round(place.lng)}`;
  };
  if (held) put(new drawing.LatLng(...held), false);
  map.on('click', (event) => put(event.latlng, true));
  // With the keyboard: the arrows move the map below the cross, this button puts the point there.
  area.querySelector('button[data-centre]')?.addEventListener('click', () => put(map.getCenter(), true));
  ground.focus();
  part.dataset['ready'] = 'yes';
}

/** The stylesheet of the map, once. */
function sheet(address: string | undefined): Promise<void> {
  if (!address || document.querySelector(`link[href="${address}"]`)) return Promise.resolve();
  return new Promise((done) => {
    const link = document.createElement('link');
    link.rel = 'stylesheet';
    link.href = address;
    link.addEventListener('load', () => done());
    link.addEventListener('error', () => done());
    document.head.append(link);
  });
}
