//! From degrees to a picture and back, as maps on the web do it (web Mercator, tiles of 256 points).

use std::f64::consts::PI;

/// Beyond, the projection has no end.
const MOST_NORTH: f64 = 85.05;
/// Width of a tile in points.
const TILE: f64 = 256.0;
/// Highest zoom that tile servers commonly have.
const MOST_ZOOM: u32 = 18;
/// Tiles of one picture at most.
const MOST_TILES: usize = 36;
/// Narrowest box, in degrees: about 200 metres.
const LEAST: f64 = 0.002;
/// Shapes of a picture: width to height.
const SHAPES: (f64, f64) = (0.66, 2.0);
/// The shape where nobody asked for another.
const SHAPE: f64 = 1.5;

/// West, south, east, north in degrees, in order and on the map.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds(pub [f64; 4]);

impl Bounds {
    /// A box as an address names it; `None` where it goes around the globe or is empty.
    pub fn asked([west, south, east, north]: [f64; 4]) -> Option<Self> {
        let bounds = Self([west, south, east, north]).on_the_map();
        let Self([west, south, east, north]) = bounds;
        (east - west > 0.0 && north - south > 0.0).then_some(bounds)
    }

    /// A box around places, with some air, in the usual shape.
    pub fn around([west, south, east, north]: [f64; 4]) -> Self {
        let (width, height) = ((east - west).max(LEAST), (north - south).max(LEAST));
        let (x, y) = ((west + east) / 2.0, (south + north) / 2.0);
        let air = 1.16 / 2.0;
        let bounds = Self([
            x - width * air,
            y - height * air,
            x + width * air,
            y + height * air,
        ]);
        bounds.on_the_map().shaped(SHAPE, SHAPE)
    }

    /// The same middle, so many times as wide.
    pub fn scaled(self, times: f64) -> Self {
        let Self([west, south, east, north]) = self;
        let (x, y) = ((west + east) / 2.0, (south + north) / 2.0);
        let (half_x, half_y) = ((east - west) / 2.0 * times, (north - south) / 2.0 * times);
        Self([x - half_x, y - half_y, x + half_x, y + half_y]).on_the_map()
    }

    /// The same box beside itself, by parts of its size; it stops at the edge of the map.
    pub fn moved(self, east_by: f64, north_by: f64) -> Self {
        let Self([west, south, east, north]) = self;
        let x = (east - west) * east_by;
        let y = (north - south) * north_by;
        let x = x.clamp(-180.0 - west, 180.0 - east);
        let y = y.clamp(-MOST_NORTH - south, MOST_NORTH - north);
        Self([west + x, south + y, east + x, north + y])
    }

    /// As an address names it.
    pub fn text(self) -> String {
        let [west, south, east, north] = self.rounded();
        format!("{west},{south},{east},{north}")
    }

    /// To about a metre, outwards, so that what lies on the edge stays inside.
    pub fn rounded(self) -> [f64; 4] {
        let Self([west, south, east, north]) = self;
        let down = |degrees: f64| (degrees * 1e5).floor() / 1e5;
        let up = |degrees: f64| (degrees * 1e5).ceil() / 1e5;
        [down(west), down(south), up(east), up(north)]
    }

    fn on_the_map(self) -> Self {
        let Self([west, south, east, north]) = self;
        let x = |degrees: f64| degrees.clamp(-180.0, 180.0);
        let y = |degrees: f64| degrees.clamp(-MOST_NORTH, MOST_NORTH);
        Self([x(west), y(south), x(east), y(north)])
    }

    /// Made wider or higher, until its picture has a shape between two.
    fn shaped(self, least: f64, most: f64) -> Self {
        let Self([west, south, east, north]) = self;
        let (left, right) = (across(west), across(east));
        let (top, bottom) = (down(north), down(south));
        let (width, height) = (right - left, bottom - top);
        let shape = width / height;
        let wider = (least / shape).max(1.0) * width;
        let higher = (shape / most).max(1.0) * height;
        let (x, y) = ((left + right) / 2.0, (top + bottom) / 2.0);
        let bounds = [
            longitude(x - wider / 2.0),
            latitude(y + higher / 2.0),
            longitude(x + wider / 2.0),
            latitude(y - higher / 2.0),
        ];
        Self(bounds).on_the_map()
    }
}

/// The globe is one wide, from west to east.
fn across(longitude: f64) -> f64 {
    (longitude + 180.0) / 360.0
}

/// And one high, from north to south.
fn down(latitude: f64) -> f64 {
    (1.0 - latitude.to_radians().tan().asinh() / PI) / 2.0
}

fn longitude(across: f64) -> f64 {
    across * 360.0 - 180.0
}

fn latitude(down: f64) -> f64 {
    (PI * (1.0 - 2.0 * down)).sinh().atan().to_degrees()
}

/// A box and the picture of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct View {
    /// What it shows.
    pub bounds: Bounds,
    /// In the units of the picture.
    pub height: f64,
    left: f64,
    top: f64,
    /// Units of the picture for the whole globe.
    scale: f64,
}

impl View {
    /// A picture of this width; boxes that are too flat or too high show more than was asked.
    pub fn of(bounds: Bounds, width: f64) -> Self {
        let Bounds([west, south, east, north]) = bounds;
        // A box of nothing has no scale.
        let bounds = match east - west < LEAST / 4.0 || north - south < LEAST / 8.0 {
            true => Bounds::around([west, south, east, north]),
            false => bounds,
        };
        let bounds = bounds.shaped(SHAPES.0, SHAPES.1);
        let Bounds([west, south, east, north]) = bounds;
        let scale = width / (across(east) - across(west));
        Self {
            bounds,
            height: (down(south) - down(north)) * scale,
            left: across(west) * scale,
            top: down(north) * scale,
            scale,
        }
    }

    /// Where a place stands in the picture.
    pub fn place(&self, north: f64, east: f64) -> (f64, f64) {
        (
            across(east) * self.scale - self.left,
            down(north) * self.scale - self.top,
        )
    }
}

/// The tiles below a picture: name (x, y, zoom), left, top, size.
pub struct Tiles;

impl Tiles {
    /// Those that a picture needs, at the zoom that shows them nearest to their own size.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to what there is"
    )]
    pub fn of(view: &View) -> impl Iterator<Item = ((u32, u32, u32), f64, f64, f64)> {
        let width = (across(view.bounds.0[2]) - across(view.bounds.0[0])) * view.scale;
        let zoom = (view.scale / TILE)
            .log2()
            .round()
            .clamp(0.0, f64::from(MOST_ZOOM));
        let count = zoom.exp2();
        let size = view.scale / count;
        let (left, top) = (view.left, view.top);
        let range = move |from: f64, length: f64| {
            let first = (from / size).floor().clamp(0.0, count - 1.0) as u32;
            let last = ((from + length) / size).ceil().clamp(1.0, count) as u32;
            first..last
        };
        let columns = range(left, width);
        let lines = range(top, view.height);
        lines
            .flat_map(move |y| columns.clone().map(move |x| (x, y)))
            .take(MOST_TILES)
            .map(move |(x, y)| {
                let name = (x, y, zoom as u32);
                (
                    name,
                    f64::from(x) * size - left,
                    f64::from(y) * size - top,
                    size,
                )
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NANTES: [f64; 4] = [-1.65, 47.15, -1.45, 47.30];

    fn shape(view: &View) -> f64 {
        480.0 / view.height
    }

    #[test]
    fn a_place_keeps_its_place_in_the_picture() {
        let view = View::of(Bounds(NANTES), 480.0);
        let Bounds([west, south, east, north]) = view.bounds;
        let near =
            |(x, y): (f64, f64), (a, b): (f64, f64)| (x - a).abs() < 0.01 && (y - b).abs() < 0.01;
        assert!(near(view.place(north, west), (0.0, 0.0)));
        assert!(near(view.place(south, east), (480.0, view.height)));
        assert!((latitude(down(47.2)) - 47.2).abs() < 1e-9);
    }

    #[test]
    fn every_box_has_a_picture_of_a_shape_that_fits_a_page() {
        for asked in [
            NANTES,
            [-1.0, 47.0, -0.999, 47.0001],
            [-180.0, -1.0, 180.0, 1.0],
            [2.0, -80.0, 2.1, 80.0],
            [-500.0, -95.0, 500.0, 95.0],
        ] {
            let bounds = Bounds::asked(asked).unwrap();
            let view = View::of(bounds, 480.0);
            assert!(
                (0.6..=2.7).contains(&shape(&view)),
                "{asked:?}: {}",
                shape(&view)
            );
            let Bounds([west, south, east, north]) = view.bounds;
            assert!(west < east && south < north, "{asked:?}");
            let tiles: Vec<_> = Tiles::of(&view).collect();
            assert!(
                (1..=MOST_TILES).contains(&tiles.len()),
                "{asked:?}: {}",
                tiles.len()
            );
        }
        assert_eq!(Bounds::asked([3.0, 1.0, 2.0, 2.0]), None);
        assert_eq!(Bounds::asked([1.0, 2.0, 1.0, 2.0]), None);
    }

    #[test]
    fn a_box_around_one_place_is_not_empty() {
        let Bounds([west, south, east, north]) = Bounds::around([2.0, 47.0, 2.0, 47.0]);
        assert!(east - west >= LEAST && north - south >= LEAST / 2.0);
        assert!(west < 2.0 && south < 47.0);
    }

    #[test]
    fn tiles_cover_the_picture() {
        let view = View::of(Bounds(NANTES), 480.0);
        let tiles: Vec<_> = Tiles::of(&view).collect();
        let right = tiles
            .iter()
            .map(|(_, left, _, size)| left + size)
            .fold(0.0, f64::max);
        let bottom = tiles
            .iter()
            .map(|(_, _, top, size)| top + size)
            .fold(0.0, f64::max);
        assert!(
            right >= 480.0 && bottom >= view.height - 0.01,
            "{right} {bottom}"
        );
        assert!(
            tiles
                .iter()
                .any(|(_, left, top, _)| *left <= 0.0 && *top <= 0.0)
        );
    }

    #[test]
    fn a_box_in_an_address_is_read_again_as_the_same() {
        let bounds = View::of(Bounds(NANTES), 480.0).bounds;
        let numbers: Vec<f64> = bounds
            .text()
            .split(',')
            .map(|part| part.parse().unwrap())
            .collect();
        let again = Bounds::asked(numbers.try_into().unwrap()).unwrap();
        let [west, south, east, north] = again.rounded();
        let [w, s, e, n] = bounds.rounded();
        assert!((west - w).abs() < 2e-5 && (south - s).abs() < 2e-5);
        assert!((east - e).abs() < 2e-5 && (north - n).abs() < 2e-5);
    }

    #[test]
    fn a_move_stops_at_the_edge() {
        let east = Bounds([170.0, 0.0, 178.0, 5.0]).moved(0.5, 0.0);
        assert_eq!(east, Bounds([172.0, 0.0, 180.0, 5.0]));
        assert_eq!(Bounds([-10.0, 0.0, 10.0, 5.0]).scaled(100.0).0[0], -180.0);
    }
}
