//! Invented places for a table of 22 columns: the same for every run, whatever the machine.

use std::io::{self, BufWriter, Write};
use std::path::Path;

/// The titles.
pub const TITLES: &str = "id,siret,nom,adresse,complement,code_postal,commune,code_insee,latitude,longitude,telephone,\
courriel,site,horaires,services,typologie,publics,acces,frais,presentation,date_maj,source";

const TOWNS: [(&str, &str); 12] = [
    ("Nantes", "44000"),
    ("Rezé", "44400"),
    ("Besançon", "25000"),
    ("Bourg-en-Bresse", "01000"),
    ("Saint-Étienne", "42000"),
    ("Œuilly", "51480"),
    ("Évreux", "27000"),
    ("Nice", "06000"),
    ("Lille", "59000"),
    ("L'Haÿ-les-Roses", "94240"),
    ("Ajaccio", "20000"),
    ("Limoges", "87000"),
];
const STREETS: [&str; 6] = [
    "rue de l'Église",
    "quai de la Marne",
    "place Royale",
    "avenue Jean-Jaurès",
    "allée des Tilleuls",
    "chemin du Halage",
];
const NAMES: [&str; 8] = [
    "L'Étincelle",
    "La Fabrique",
    "Le Grain de sel",
    "La Passerelle",
    "Horizon numérique",
    "L'Atelier partagé",
    "Les Cordées",
    "Le Fil d'Ariane",
];
const WORDS: [&str; 24] = [
    "accueil",
    "accompagnement",
    "atelier",
    "collectif",
    "numérique",
    "démarches",
    "ordinateur",
    "tablette",
    "imprimante",
    "médiateur",
    "conseiller",
    "équipe",
    "bénévole",
    "quartier",
    "territoire",
    "mobilité",
    "formation",
    "initiation",
    "santé",
    "emploi",
    "logement",
    "rural",
    "scanner",
    "libre",
];
/// The town of the row with this number.
pub fn town(number: usize) -> &'static str {
    TOWNS[(scramble(number, 0) % 12) as usize].0
}

/// The key of the row with this number.
pub fn key(number: usize) -> String {
    format!("LN-{number:07}")
}

/// A fixed scramble of a row's number, different for each `turn`.
fn scramble(number: usize, turn: u64) -> u64 {
    let mut mixed = (number as u64).wrapping_add(turn.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    for _ in 0..2 {
        mixed = (mixed ^ (mixed >> 31)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    }
    mixed ^ (mixed >> 29)
}

/// Writes the table; `changed` gives about one row in a hundred another presentation.
pub fn write(path: &Path, rows: usize, changed: bool) -> io::Result<()> {
    let mut file = BufWriter::new(std::fs::File::create(path)?);
    writeln!(file, "{TITLES}")?;
    for number in 0..rows {
        row(&mut file, number, changed && number % 100 == 50)?;
    }
    file.flush()
}

fn row(file: &mut impl Write, number: usize, changed: bool) -> io::Result<()> {
    let mix = |turn: u64| scramble(number, turn);
    let (town, postcode) = TOWNS[(mix(0) % 12) as usize];
    let street = STREETS[(mix(1) % 6) as usize];
    let name = NAMES[(mix(2) % 8) as usize];
    write!(
        file,
        "{},{:014},{name} {number},",
        key(number),
        mix(3) % 100_000_000_000_000
    )?;
    write!(
        file,
        "{} {street},,{postcode},{town},{postcode},",
        mix(4) % 200
    )?;
    write!(
        file,
        "{}.{:05},{}.{:05},",
        43 + mix(5) % 7,
        mix(6) % 100_000,
        mix(7) % 7,
        mix(8) % 100_000
    )?;
    write!(
        file,
        "02 61 91 {:02} {:02},contact{number}@lieu.example,",
        mix(9) % 100,
        mix(10) % 100
    )?;
    write!(
        file,
        "https://lieu-{number}.example/accueil,Mo-Fr 09:00-12:00; Sa 10:00-12:00,"
    )?;
    write!(file, "Aide aux démarches administratives | Accès internet,")?;
    write!(
        file,
        "{},Seniors | Jeunes,Se présenter,Gratuit,\"",
        ["BIB", "MJC", "CCAS", "ASSO"][(mix(11) % 4) as usize]
    )?;
    for turn in 0..18 {
        write!(file, "{} ", WORDS[(mix(20 + turn) % 24) as usize])?;
    }
    let change = if changed { "; corrigé" } else { "" };
    writeln!(
        file,
        "{change}\",2026-{:02}-{:02},\"enquête \"\"2026\"\"\"",
        1 + mix(12) % 12,
        1 + mix(13) % 28
    )
}
