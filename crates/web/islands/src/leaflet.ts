// The part of Leaflet that our pages use, with their manners: no pictures from anywhere but the operator's tiles, no
// movement where the reader asked for none, nothing that captures the wheel of a page.

import { DivIcon, GridLayer, LatLng, LatLngBounds, Map as LeafletMap, Marker, type Coords, type DoneCallback } from 'leaflet';
import 'leaflet/dist/leaflet.css';
import './map.css';

export { LatLng, LatLngBounds, Marker };
export type { LeafletMap };

/** What a page says about its map, in attributes of the element. */
export interface Ground {
  /** Address of a tile with `{z}`, `{x}` and `{y}`; empty for a map without a ground. */
  tiles: string;
  zoomIn: string;
  zoomOut: string;
}

/** Highest zoom that tile servers commonly have. */
export const MOST_ZOOM = 18;

/** Tiles are plain pictures. Leaflet's own layer empties them with a `data:` address, which our policy refuses. */
class Tiles extends GridLayer {
  constructor(private readonly template: string) {
    super({ maxZoom: MOST_ZOOM, noWrap: true, bounds: new LatLngBounds([-85.06, -180], [85.06, 180]) });
  }

  protected override createTile(coords: Coords, done: DoneCallback): HTMLElement {
    const tile = document.createElement('img');
    tile.alt = '';
    // Some keepers of tiles want to know which site asks; the page and what was searched stay here.
    tile.referrerPolicy = 'origin';
    tile.addEventListener('load', () => done(undefined, tile));
    tile.addEventListener('error', () => done(new Error('no tile'), tile));
    const { x, y, z } = coords;
    tile.src = this.template.replaceAll('{z}', String(z)).replaceAll('{x}', String(x)).replaceAll('{y}', String(y));
    return tile;
  }
}

/** A map in an element that is shown already. */
export function makeMap(element: HTMLElement, ground: Ground): LeafletMap {
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  const map = new LeafletMap(element, {
    attributionControl: false,
    maxZoom: MOST_ZOOM,
    minZoom: 2,
    zoomSnap: 1,
    scrollWheelZoom: false,
    zoomAnimation: !still,
    fadeAnimation: !still,
    markerZoomAnimation: !still,
    inertia: !still,
    zoomControl: true,
    maxBounds: [[-85.06, -180], [85.06, 180]],
  });
  map.zoomControl.remove();
  map.addControl(map.zoomControl);
  name(element.querySelector('.leaflet-control-zoom-in'), ground.zoomIn);
  name(element.querySelector('.leaflet-control-zoom-out'), ground.zoomOut);
  // The wheel belongs to the page until somebody works with the map.
  element.addEventListener('focusin', () => map.scrollWheelZoom.enable());
  element.addEventListener('focusout', () => map.scrollWheelZoom.disable());
  if (ground.tiles !== '') map.addLayer(new Tiles(ground.tiles));
  return map;
}

function name(control: Element | null, words: string): void {
  control?.setAttribute('aria-label', words);
  control?.setAttribute('title', words);
}

/** A point, or a number of places near each other. */
export function makeMarker(at: LatLng, words: string, count: number, options: { draggable?: boolean } = {}): Marker {
  const size = count === 1 ? 22 : Math.min(56, 28 + 6 * Math.log10(count) * 2);
  const badge = document.createElement('span');
  badge.textContent = count === 1 ? '' : String(count);
  const icon = new DivIcon({
    className: count === 1 ? 'pin' : 'cluster',
    html: badge,
    iconSize: [size, size],
  });
  const marker = new Marker(at, { icon, title: words, riseOnHover: true, ...options });
  marker.on('add', () => marker.getElement()?.setAttribute('aria-label', words));
  return marker;
}
