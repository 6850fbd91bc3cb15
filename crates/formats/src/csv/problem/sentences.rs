//! The sentences, for people who never heard of an encoding: what is wrong, and what to do.

use rustine_domain::problem::Lang;

use super::super::limits::{MAX_CELL_BYTES, MAX_COLUMNS, MAX_ROW_BYTES};
use super::{Code, Problem};

const CELL_KIB: usize = MAX_CELL_BYTES / 1024;
const ROW_KIB: usize = MAX_ROW_BYTES / 1024;

/// `Ligne 57, colonne 3 (« Nom ») :`, as far as it is known.
pub(super) fn place(p: &Problem, lang: Lang) -> Option<String> {
    let (line, column, colon) = match lang {
        Lang::Fr => ("Ligne", "colonne", "\u{a0}:"),
        Lang::En => ("Line", "column", ":"),
    };
    let title = match (p.arg("title"), lang) {
        ("", _) => String::new(),
        (title, Lang::Fr) => format!(" («\u{a0}{title}\u{a0}»)"),
        (title, Lang::En) => format!(" (“{title}”)"),
    };
    match (p.line, p.column) {
        (Some(l), Some(c)) => Some(format!("{line} {l}, {column} {c}{title}{colon}")),
        (Some(l), None) => Some(format!("{line} {l}{colon}")),
        _ => None,
    }
}

/// How many more problems of the kind there are, behind the first one.
pub(super) fn more(count: u64, lang: Lang) -> String {
    let text = count.to_string();
    match lang {
        Lang::Fr => format!(
            "(et {text} {} de ce genre)",
            plural(&text, "autre", "autres")
        ),
        Lang::En => format!("(and {text} more like this)"),
    }
}

fn plural<'t>(count: &str, one: &'t str, many: &'t str) -> &'t str {
    if count == "1" { one } else { many }
}

pub(super) fn french(p: &Problem) -> String {
    let (found, expected) = (p.arg("found"), p.arg("expected"));
    match p.code {
        Code::NotACsv => match p.arg("kind") {
            "zip" => "Ce n’est pas un CSV, mais un classeur (XLSX, ODS) ou une archive ZIP. Importez-le comme classeur, ou enregistrez la feuille en CSV.".to_owned(),
            "xls" => "Ce n’est pas un CSV, mais un ancien classeur Excel (XLS). Ouvrez-le et enregistrez la feuille en CSV ou en XLSX.".to_owned(),
            "html" => "Ce n’est pas un CSV, mais une page web. L’adresse demande peut-être une connexion\u{a0}: rendez le fichier public, ou téléchargez-le et déposez-le ici.".to_owned(),
            "json" => "Ce n’est pas un CSV, mais du JSON. Importez-le comme JSON, ou exportez vos données en CSV.".to_owned(),
            "xml" => "Ce n’est pas un CSV, mais du XML. Exportez vos données en CSV.".to_owned(),
            "pdf" => "Ce n’est pas un CSV, mais un PDF. Demandez le fichier d’origine, et enregistrez-le en CSV.".to_owned(),
            "gzip" => "Ce fichier est compressé (GZIP). Décompressez-le, puis importez le CSV qu’il contient.".to_owned(),
            _ => "Ce n’est pas un CSV, mais un fichier binaire (image, document…). Vérifiez que vous avez choisi le bon fichier.".to_owned(),
        },
        Code::EmptyFile => "Ce fichier est vide. Vérifiez que vous avez choisi le bon fichier\u{a0}; sa première ligne doit porter les titres des colonnes.".to_owned(),
        Code::Utf16Broken => "Ce fichier est en UTF-16 («\u{a0}texte Unicode\u{a0}»), mais il est abîmé. Enregistrez-le à nouveau, en CSV UTF-8.".to_owned(),
        Code::QuoteUnclosed => format!("Un guillemet (\") ouvre ici une cellule et n’est jamais refermé (une cellule tient en {CELL_KIB}\u{a0}Kio). Ajoutez le guillemet fermant, ou retirez celui qui ouvre."),
        Code::CellTooLarge => format!("Une cellule dépasse {CELL_KIB}\u{a0}Kio. Raccourcissez son texte."),
        Code::LineTooLong => format!("La ligne dépasse {ROW_KIB}\u{a0}Kio. Raccourcissez ses textes, ou vérifiez que le fichier a bien des fins de ligne."),
        Code::TooManyColumns => format!("La ligne a plus de {MAX_COLUMNS} colonnes. Vérifiez le séparateur, ou retirez des colonnes."),
        Code::NulCharacter => "La cellule contient un caractère nul, invisible, qui ne peut pas être conservé. Retapez la valeur.".to_owned(),
        Code::EncodingMixed => format!("Le fichier mélange deux encodages\u{a0}; cette cellule a été lue en {found}, les autres en {expected}. Vérifiez ses accents."),
        Code::QuoteStray => "Du texte suit un guillemet fermant\u{a0}; la cellule a été gardée telle quelle, guillemets compris. Vérifiez-la.".to_owned(),
        Code::RowShort => format!("La ligne a {found} {}, l’en-tête en a {expected}\u{a0}; les dernières restent vides. Vérifiez qu’aucune cellule ne manque.", plural(found, "cellule", "cellules")),
        Code::RowTooLong => format!("La ligne a {found} cellules, l’en-tête en a {expected}\u{a0}; celles en trop sont gardées dans des colonnes sans titre. Un séparateur se trouve sans doute dans un texte ou un montant sans guillemets."),
        Code::RowEmpty => "La ligne n’a aucune valeur\u{a0}; elle est gardée comme fiche vide. Supprimez-la si elle est de trop.".to_owned(),
        Code::HeaderEmpty => "La colonne n’a pas de titre. Donnez-lui un titre, ou supprimez-la si elle est vide.".to_owned(),
        Code::HeaderDuplicate => format!("La colonne a le même titre que la colonne {}. Renommez l’une des deux pour les distinguer.", p.arg("first")),
    }
}

pub(super) fn english(p: &Problem) -> String {
    let (found, expected) = (p.arg("found"), p.arg("expected"));
    match p.code {
        Code::NotACsv => match p.arg("kind") {
            "zip" => "This is no CSV but a spreadsheet (XLSX, ODS) or a ZIP archive. Import it as a spreadsheet, or save the sheet as CSV.".to_owned(),
            "xls" => "This is no CSV but an old Excel file (XLS). Open it and save the sheet as CSV or XLSX.".to_owned(),
            "html" => "This is no CSV but a web page. The address may need a login: make the file public, or download it and drop it here.".to_owned(),
            "json" => "This is no CSV but JSON. Import it as JSON, or export your data as CSV.".to_owned(),
            "xml" => "This is no CSV but XML. Export your data as CSV.".to_owned(),
            "pdf" => "This is no CSV but a PDF. Ask for the original file and save it as CSV.".to_owned(),
            "gzip" => "This file is compressed (GZIP). Unpack it, then import the CSV inside.".to_owned(),
            _ => "This is no CSV but a binary file (an image, a document…). Check that you chose the right file.".to_owned(),
        },
        Code::EmptyFile => "This file is empty. Check that you chose the right file; its first line must hold the titles of the columns.".to_owned(),
        Code::Utf16Broken => "This file is UTF-16 (“Unicode text”), but damaged. Save it again as CSV UTF-8.".to_owned(),
        Code::QuoteUnclosed => format!("A quote mark (\") opens a cell here and is never closed (a cell holds {CELL_KIB} KiB at most). Add the closing quote mark, or remove the opening one."),
        Code::CellTooLarge => format!("A cell is larger than {CELL_KIB} KiB. Shorten its text."),
        Code::LineTooLong => format!("The line is longer than {ROW_KIB} KiB. Shorten its texts, or check that the file has line ends."),
        Code::TooManyColumns => format!("The line has more than {MAX_COLUMNS} columns. Check the separator, or remove columns."),
        Code::NulCharacter => "The cell holds an invisible nul character, which cannot be kept. Type the value again.".to_owned(),
        Code::EncodingMixed => format!("The file mixes two encodings; this cell was read as {found}, the others as {expected}. Check its accents."),
        Code::QuoteStray => "Text follows a closing quote mark; the cell was kept as it stands, quote marks included. Check it.".to_owned(),
        Code::RowShort => format!("The line has {found} {}, the header has {expected}; the last ones stay empty. Check that no cell is missing.", plural(found, "cell", "cells")),
        Code::RowTooLong => format!("The line has {found} cells, the header has {expected}; those in excess are kept in columns without a title. There is probably a separator in a text or an amount without quote marks."),
        Code::RowEmpty => "The line has no value; it is kept as an empty row. Delete it if it should not be there.".to_owned(),
        Code::HeaderEmpty => "The column has no title. Give it one, or delete it if it is empty.".to_owned(),
        Code::HeaderDuplicate => format!("The column has the same title as column {}. Rename one of them to tell them apart.", p.arg("first")),
    }
}
