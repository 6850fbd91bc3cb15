//! The map: the places in view, grouped on a grid, as a picture whose links zoom and open.
//!
//! The picture needs no script. Where there is one, it draws the same links on a map that moves and asks this page
//! again for every box, so that a map of a million places costs no more to send than one of a hundred.

use rustine_store::{Cluster, Grid, RowQuery, StoreError, Tx};

use super::table::Table;
use crate::assets;
use crate::fields::row_title;
use crate::reading;

mod mercator;

use mercator::{Bounds, Tiles, View};

/// Width of the picture, in its own units; its height follows the shape of the box.
const WIDTH: f64 = 480.0;
/// Groups beside each other at most; a picture of 480 units has room for as many.
const COLUMNS: f64 = 12.0;

/// The box that is looked at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Frame(View);

impl Frame {
    /// The asked box, else one around all that match, in a shape that fits a page; the query then asks for it.
    /// `None` where nothing that matches has a place.
    pub(super) fn of(tx: &mut Tx<'_>, asked: &mut RowQuery) -> Result<Option<Self>, StoreError> {
        let bounds = match asked.bbox.and_then(Bounds::asked) {
            Some(bounds) => bounds,
            None => {
                asked.bbox = None;
                match tx.extent_of_rows(asked)? {
                    Some(extent) => Bounds::around(extent),
                    None => return Ok(None),
                }
            }
        };
        let view = View::of(bounds, WIDTH);
        asked.bbox = Some(view.bounds.rounded());
        Ok(Some(Self(view)))
    }
}

/// The map of a page.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MapView {
    /// Size of the picture in its own units.
    pub width: f64,
    /// Size of the picture in its own units.
    pub height: f64,
    /// The box shown: west, south, east, north.
    pub bounds: String,
    /// The ground below the places.
    pub tiles: Vec<Tile>,
    /// Places and groups.
    pub marks: Vec<Mark>,
    /// Other boxes: the word for each, and where it leads.
    pub moves: Vec<(&'static str, String)>,
    /// Whose map the ground is; none where the operator chose none.
    pub source: Option<Source>,
    /// Rows that match and have no place.
    pub unplaced: i64,
    /// The same rows as a table.
    pub table_href: String,
    /// Where the build had Node.
    pub scripts: Option<Scripts>,
}

/// Where the ground comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Address of a tile with `{z}`, `{x}` and `{y}`.
    pub template: String,
    /// What its licence asks to be said.
    pub attribution: String,
    /// The host that visitors' browsers ask.
    pub host: String,
}

impl Source {
    /// The operator's; none where there is none.
    pub fn of(map: &rustine_app::settings::Map) -> Option<Self> {
        Some(Self {
            host: map.host()?,
            template: map.tiles.clone(),
            attribution: map.attribution.clone(),
        })
    }
}

/// Addresses of the island and its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scripts {
    /// The island.
    pub island: &'static str,
    /// What draws.
    pub leaflet: &'static str,
    /// How it looks.
    pub sheet: &'static str,
}

impl Scripts {
    /// Those of an island with a map.
    pub fn of(island: &str) -> Option<Self> {
        Some(Self {
            island: assets::find(island)?,
            leaflet: assets::find("leaflet.js")?,
            sheet: assets::find("leaflet.css")?,
        })
    }
}

/// A square of the ground.
#[derive(Debug, Clone, PartialEq)]
pub struct Tile {
    /// Its address.
    pub href: String,
    /// Its place in the picture.
    pub x: f64,
    /// Its place in the picture.
    pub y: f64,
    /// Its width and height.
    pub size: f64,
}

/// A place or a group of places.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// Its place in the picture.
    pub x: f64,
    /// Its place in the picture.
    pub y: f64,
    /// Its size in the picture.
    pub radius: f64,
    /// How many places.
    pub count: i64,
    /// What the row is called; none for a group.
    pub title: Option<String>,
    /// The id of the row.
    pub row: Option<String>,
    /// The row's page, or the box of the group.
    pub href: String,
    /// Degrees north and east.
    pub at: String,
    /// Its box: west, south, east, north.
    pub bounds: String,
}

pub(super) fn view(
    table: &Table<'_>,
    tx: &mut Tx<'_>,
    frame: Option<Frame>,
) -> Result<MapView, StoreError> {
    let anywhere = RowQuery {
        bbox: None,
        after: None,
        before: None,
        limit: 1,
        ..table.asked.clone()
    };
    let placed = RowQuery {
        bbox: Some([-180.0, -90.0, 180.0, 90.0]),
        ..anywhere.clone()
    };
    let unplaced = tx.query_rows(&anywhere)?.total - tx.query_rows(&placed)?.total;
    let shared = MapView {
        unplaced,
        table_href: table.href(&[("view", ""), ("bbox", "")]),
        source: Source::of(&table.visit.app.settings.map),
        ..MapView::default()
    };
    let Some(Frame(view)) = frame else {
        return Ok(shared);
    };
    let clusters = tx.cluster_rows(table.asked, grid(&view))?;
    let link = |bounds: Bounds| table.href(&[("bbox", &bounds.text())]);
    let mut moves = vec![
        ("map-out", link(view.bounds.scaled(2.0))),
        ("map-north", link(view.bounds.moved(0.0, 0.5))),
        ("map-south", link(view.bounds.moved(0.0, -0.5))),
        ("map-west", link(view.bounds.moved(-0.5, 0.0))),
        ("map-east", link(view.bounds.moved(0.5, 0.0))),
    ];
    if !table.visit.asked("bbox").is_empty() {
        moves.insert(0, ("map-all", table.href(&[("bbox", "")])));
    }
    Ok(MapView {
        width: WIDTH,
        height: view.height.round(),
        bounds: view.bounds.text(),
        tiles: tiles(&view, shared.source.as_ref()),
        marks: marks(table, tx, &view, &clusters)?,
        moves,
        scripts: Scripts::of("map.js"),
        ..shared
    })
}

/// Cells that lie still while the box moves: their width is a whole part of the globe's.
fn grid(view: &View) -> Grid {
    let Bounds([west, south, east, north]) = view.bounds;
    let parts = (COLUMNS * 360.0 / (east - west)).log2().floor();
    let width = 360.0 / parts.exp2();
    let middle = ((south + north) / 2.0 / 5.0).round() * 5.0;
    Grid {
        width,
        height: width * middle.to_radians().cos().max(0.1),
    }
}

fn tiles(view: &View, source: Option<&Source>) -> Vec<Tile> {
    let Some(source) = source else {
        return Vec::new();
    };
    let tile = |(x, y, z): (u32, u32, u32), left: f64, top: f64, size: f64| Tile {
        href: source
            .template
            .replace("{z}", &z.to_string())
            .replace("{x}", &x.to_string())
            .replace("{y}", &y.to_string()),
        x: hundredths(left),
        y: hundredths(top),
        size: hundredths(size),
    };
    Tiles::of(view)
        .map(|(name, left, top, size)| tile(name, left, top, size))
        .collect()
}

fn marks(
    table: &Table<'_>,
    tx: &mut Tx<'_>,
    view: &View,
    clusters: &[Cluster],
) -> Result<Vec<Mark>, StoreError> {
    let alone = clusters.iter().filter(|cluster| cluster.count == 1);
    let numbers: Vec<i64> = alone.map(|cluster| cluster.row).collect();
    let rows = tx.find_rows_by_number(table.record.id, &numbers)?;
    let mark = |cluster: &Cluster| {
        let row = rows
            .iter()
            .find(|row| cluster.count == 1 && row.id == cluster.row);
        let (x, y) = view.place(cluster.lat, cluster.lon);
        let around = Bounds([cluster.west, cluster.south, cluster.east, cluster.north]);
        Mark {
            x: hundredths(x),
            y: hundredths(y),
            radius: radius(cluster.count),
            count: cluster.count,
            title: row.map(|row| row_title(table.schema, &row.cells, row.row_id)),
            row: row.map(|row| row.row_id.to_string()),
            href: match row {
                Some(row) => reading::row_href(table.record, row.row_id),
                None => table.href(&[("bbox", &Bounds::around(around.0).text())]),
            },
            at: format!("{:.6},{:.6}", cluster.lat, cluster.lon),
            bounds: around.text(),
        }
    };
    let mut marks: Vec<Mark> = clusters.iter().map(mark).collect();
    // As one reads: the links of the picture are gone through with the Tab key.
    marks.sort_by(|one, other| one.y.total_cmp(&other.y).then(one.x.total_cmp(&other.x)));
    Ok(marks)
}

/// Groups grow with their number, slowly.
#[expect(clippy::cast_precision_loss, reason = "a size on a screen")]
fn radius(count: i64) -> f64 {
    match count {
        1 => 9.0,
        _ => hundredths((13.0 + 2.5 * (count as f64).log10()).min(22.0)),
    }
}

/// The picture needs no more.
fn hundredths(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}
