//! The sentences in French, for people who never saw a schema.

use super::{Code, Problem};

/// What is wrong and what to do.
pub(super) fn sentence(p: &Problem) -> String {
    let field = quote(p.arg("field"));
    let value = quote(p.arg("value"));
    let limit = p.arg("limit");
    match p.code {
        Code::NotInteger => format!(
            "{field}\u{a0}: {value} n’est pas un nombre entier. Écrivez des chiffres seulement, par exemple {}.",
            p.arg("example")
        ),
        Code::NotNumber => format!(
            "{field}\u{a0}: {value} n’est pas un nombre. Écrivez par exemple {}.",
            p.arg("example")
        ),
        Code::NotBoolean => format!(
            "{field}\u{a0}: {value} n’est ni vrai ni faux. Écrivez {} ou {}.",
            quote(p.arg("yes")),
            quote(p.arg("no"))
        ),
        Code::NotDate => format!(
            "{field}\u{a0}: {value} n’est pas une date lisible. Écrivez-la comme {}.",
            p.arg("example")
        ),
        Code::NotTime => format!(
            "{field}\u{a0}: {value} n’est pas une heure lisible. Écrivez-la comme {}.",
            p.arg("example")
        ),
        Code::NotDatetime => format!(
            "{field}\u{a0}: {value} n’est pas une date avec heure. Écrivez-la comme {}.",
            p.arg("example")
        ),
        Code::NotYear => format!(
            "{field}\u{a0}: {value} n’est pas une année. Écrivez quatre chiffres, par exemple 2026."
        ),
        Code::NotYearmonth => format!(
            "{field}\u{a0}: {value} n’est pas un mois. Écrivez l’année puis le mois, par exemple 2026-11."
        ),
        Code::NotDuration => format!(
            "{field}\u{a0}: {value} n’est pas une durée. Écrivez par exemple P1DT2H pour un jour et deux heures."
        ),
        Code::NotGeopoint => format!(
            "{field}\u{a0}: {value} n’est pas une position. Écrivez la longitude puis la latitude, par exemple {}.",
            p.arg("example")
        ),
        Code::NotList => format!(
            "{field}\u{a0}: {value} n’est pas une liste lisible. Séparez les éléments par {} et vérifiez chacun.",
            quote(p.arg("delimiter"))
        ),
        Code::NotJson => format!(
            "{field}\u{a0}: {value} n’est pas du JSON lisible. Vérifiez les guillemets et les accolades."
        ),
        Code::NotEmail => format!(
            "{field}\u{a0}: {value} n’est pas une adresse électronique. Écrivez-la comme nom@exemple.fr."
        ),
        Code::NotUri => format!(
            "{field}\u{a0}: {value} n’est pas une adresse web complète. Commencez par https://."
        ),
        Code::NotUuid => format!(
            "{field}\u{a0}: {value} n’est pas un UUID. Copiez l’identifiant en entier, avec ses tirets."
        ),
        Code::Required => format!("{field} est obligatoire. Indiquez une valeur."),
        Code::Minimum => {
            format!("{field}\u{a0}: {value} est en dessous du minimum. Indiquez {limit} ou plus.")
        }
        Code::Maximum => {
            format!("{field}\u{a0}: {value} est au-dessus du maximum. Indiquez {limit} ou moins.")
        }
        Code::ExclusiveMinimum => {
            format!("{field}\u{a0}: {value} est trop bas. Indiquez plus que {limit}.")
        }
        Code::ExclusiveMaximum => {
            format!("{field}\u{a0}: {value} est trop haut. Indiquez moins que {limit}.")
        }
        Code::MinLength => format!(
            "{field}\u{a0}: {value} est trop court ({}). Il en faut au moins {limit}.",
            counted(p)
        ),
        Code::MaxLength => format!(
            "{field}\u{a0}: {value} est trop long ({}). Raccourcissez à {limit} au plus.",
            counted(p)
        ),
        Code::Pattern => pattern(p, &field, &value),
        Code::Shape => format!(
            "{field}\u{a0}: {value} doit compter {}. Corrigez la valeur.",
            shape(p)
        ),
        Code::Choice => format!(
            "{field}\u{a0}: {value} n’est pas un choix possible. Choisissez parmi\u{a0}: {}.",
            p.arg("options")
        ),
        Code::Unique => format!(
            "{field}\u{a0}: {value} existe déjà sur une autre fiche. Modifiez cette fiche, ou donnez une autre valeur."
        ),
        Code::UniqueKey => format!(
            "{field}\u{a0}: {value} désigne déjà une autre fiche. Modifiez cette fiche, ou changez l’une de ces valeurs."
        ),
        Code::ForeignKey => format!(
            "{field}\u{a0}: aucune fiche ne porte {value}. Vérifiez la valeur, ou créez d’abord la fiche désignée."
        ),
        Code::UnknownField => {
            format!("Le jeu de données n’a pas de champ {field}. Choisissez un champ existant.")
        }
        Code::ReservedField => {
            format!("Le champ {field} est géré par le logiciel. Retirez-le de la proposition.")
        }
        Code::BadSame => format!(
            "{field}\u{a0}: {value} ne désigne pas une fiche. Écrivez urn:uuid:…/… avec les deux identifiants complets."
        ),
        Code::CellTooLarge => {
            format!("{field}\u{a0}: le texte {value} dépasse 64 Kio. Raccourcissez-le.")
        }
        Code::RowTooLarge => {
            format!("La fiche dépasse 256 Kio, surtout par {field}. Raccourcissez ses textes.")
        }
        Code::ForbiddenCharacter => {
            format!("{field}\u{a0}: {value} contient un caractère nul. Retapez la valeur.")
        }
        Code::EmptyPatch => {
            "La proposition ne change rien. Modifiez au moins une valeur.".to_owned()
        }
        Code::TooManyOperations => format!(
            "La proposition contient {} changements, {limit} au plus sont permis. Envoyez-la en plusieurs fois.",
            p.arg("value")
        ),
        Code::PatchTooLarge => format!(
            "La proposition pèse {} octets, {limit} au plus sont permis. Envoyez-la en plusieurs fois.",
            p.arg("value")
        ),
        Code::RepeatedOperation => {
            format!("La proposition change deux fois {value}. Gardez un seul changement.")
        }
        Code::BadLabel => format!(
            "Le nom provisoire {value} d’une fiche ajoutée n’est pas valable. Écrivez _: suivi de lettres ou de chiffres."
        ),
        Code::EmptyRow => {
            format!("La fiche ajoutée {value} est vide. Remplissez au moins un champ.")
        }
        Code::RowGone => format!(
            "La fiche {value} n’existe plus. Rien à corriger\u{a0}: proposez-la comme nouvelle si elle manque."
        ),
        Code::CellChanged => format!(
            "{field} a changé depuis votre lecture, la valeur proposée {value} ne s’applique plus. Relisez la fiche et proposez à nouveau."
        ),
        Code::RowChanged => format!(
            "La fiche {value} a changé depuis votre lecture. Relisez-la avant de proposer sa suppression."
        ),
        Code::KeyTaken => format!(
            "{field}\u{a0}: une autre fiche a pris {value} entre-temps. Modifiez cette fiche, ou donnez une autre valeur."
        ),
        Code::FieldChanged => format!(
            "Le champ {field} n’est plus défini comme lors de la proposition. Relisez la fiche et proposez à nouveau."
        ),
        Code::SchemaNotObject => format!(
            "Le schéma n’est pas un objet JSON ({value}). Fournissez un document Table Schema."
        ),
        Code::SchemaNoFields => format!(
            "Le schéma n’a aucun champ utilisable dans {value}. Ajoutez une liste «\u{a0}fields\u{a0}»."
        ),
        Code::SchemaTooManyFields => format!(
            "Le schéma compte {value} champs, {limit} au plus sont permis. Retirez des champs."
        ),
        Code::SchemaBadMember => format!(
            "Dans le schéma, la propriété {value} de {field} n’a pas la forme attendue. Corrigez-la ou retirez-la."
        ),
        Code::SchemaBadName => format!(
            "Le nom de champ {value} n’est pas valable. Utilisez des minuscules sans accent, des chiffres et _, 63 au plus, en commençant par une lettre."
        ),
        Code::SchemaRepeatedName => {
            format!("Le nom de champ {value} sert deux fois. Donnez un nom à chaque champ.")
        }
        Code::SchemaBadPattern => format!(
            "{field}\u{a0}: l’expression {value} n’est pas utilisable. Simplifiez-la, sans assertion avant ou arrière."
        ),
        Code::SchemaBadConstraint => format!(
            "{field}\u{a0}: la contrainte {value} n’a pas la forme attendue. Corrigez-la ou retirez-la."
        ),
        Code::SchemaUnfitConstraint => format!(
            "{field}\u{a0}: la contrainte {value} ne convient pas au type {}. Retirez-la ou changez le type.",
            p.arg("type")
        ),
        Code::SchemaBadFormat => format!(
            "{field}\u{a0}: le format {value} n’est pas lisible. Utilisez par exemple %d/%m/%Y."
        ),
        Code::SchemaUnknownKeyField => format!(
            "La clé {} nomme le champ {value}, qui n’existe pas. Corrigez le nom.",
            quote(p.arg("key"))
        ),
        Code::SchemaBadNumber => format!(
            "{field}\u{a0}: le nombre {value} ne peut pas être signé tel quel. Écrivez-le entre guillemets."
        ),
        Code::BadPolicy => format!(
            "Règle\u{a0}: {value} n’a pas la forme attendue. Indiquez des nombres entiers de 1 à 100."
        ),
    }
}

fn quote(text: &str) -> String {
    format!("«\u{a0}{text}\u{a0}»")
}

fn counted(p: &Problem) -> String {
    let unit = if p.arg("unit") == "items" {
        "élément"
    } else {
        "caractère"
    };
    format!("{}\u{a0}{}", p.arg("length"), plural(p.arg("length"), unit))
}

fn plural(count: &str, noun: &str) -> String {
    // In French zero and one are singular.
    if matches!(count, "0" | "1") {
        noun.to_owned()
    } else {
        format!("{noun}s")
    }
}

fn pattern(p: &Problem, field: &str, value: &str) -> String {
    match p.arg("example") {
        "" => format!(
            "{field}\u{a0}: {value} n’a pas la forme attendue, {}. Corrigez la valeur.",
            quote(p.arg("pattern"))
        ),
        example => format!(
            "{field}\u{a0}: {value} n’a pas la forme attendue. Suivez l’exemple {}.",
            quote(example)
        ),
    }
}

fn shape(p: &Problem) -> String {
    let (min, max) = (p.arg("min"), p.arg("max"));
    let kind = match p.arg("class") {
        "digits" => plural(max, "chiffre"),
        "capitals" => plural(max, "majuscule"),
        "letters" => plural(max, "lettre"),
        _ => format!("{} ou {}", plural(max, "lettre"), plural(max, "chiffre")),
    };
    if min == max {
        format!("{min} {kind}")
    } else {
        format!("de {min} à {max} {kind}")
    }
}
