// An invented register with a field of every kind that a form can show.

const field = (name, title, type, rest = {}) => ({ name, title, type, ...rest });

export const SCHEMA = {
  title: 'Lieux de médiation numérique du Pays de Brume',
  description: 'Les endroits où l’on vous aide avec un ordinateur, une tablette ou un téléphone.',
  primaryKey: ['id'],
  fields: [
    field('id', 'Identifiant', 'string', { constraints: { required: true, unique: true } }),
    field('nom', 'Nom', 'string', { constraints: { required: true } }),
    field('commune', 'Commune', 'string', { constraints: { required: true } }),
    field('code_postal', 'Code postal', 'string', { constraints: { pattern: '\\d{5}' }, example: '01990' }),
    field('adresse', 'Adresse', 'string'),
    field('typologie', 'Typologie', 'string', { constraints: { enum: ['Médiathèque', 'Mairie', 'Association', 'Tiers-lieu'] } }),
    field('services', 'Services', 'string', {
      description: 'Tout ce que l’on peut y faire.',
      constraints: { pattern: '(?:(?:^|\\|)(Aide aux démarches|Accès à un ordinateur|Wifi|Ateliers|Réparation))+$' },
    }),
    field('itinerance', 'Itinérance', 'boolean', { trueValues: ['true'], falseValues: ['false'] }),
    field('places', 'Places', 'integer', { constraints: { minimum: 0 } }),
    field('telephone', 'Téléphone', 'string'),
    field('courriel', 'Courriel', 'string', { format: 'email' }),
    field('site_web', 'Site web', 'string', { format: 'uri' }),
    field('horaires', 'Horaires', 'string'),
    field('presentation', 'Présentation', 'string'),
    field('latitude', 'Latitude', 'number'),
    field('longitude', 'Longitude', 'number'),
    field('date_maj', 'Mise à jour', 'date'),
  ],
};

const NAMES = ['Médiathèque des Trois Ponts', 'Mairie annexe', 'Fab Lab de la Gare', 'Maison de quartier des Tanneurs', 'Atelier du Lac'];
const TOWNS = [['Brume-sur-Loue', '01990'], ['Saint-Ambre', '01991'], ['Les Rives', '01992'], ['Montfleuri', '01993']];
const SERVICES = ['Aide aux démarches', 'Accès à un ordinateur', 'Wifi', 'Ateliers', 'Réparation'];
const ABOUT = 'Un lieu ouvert à tous.\nVenez comme vous êtes, avec ou sans rendez-vous ; une personne vous reçoit et prend le temps qu’il faut.';

function place(number) {
  const [commune, code] = TOWNS[number % TOWNS.length];
  return {
    id: `PB-${String(number).padStart(3, '0')}`,
    nom: `${NAMES[number % NAMES.length]}${number < NAMES.length ? '' : ` ${number}`}`,
    commune,
    code_postal: code,
    adresse: `${number + 1} rue des Tanneurs`,
    typologie: SCHEMA.fields[5].constraints.enum[number % 4],
    services: SERVICES.filter((_, at) => (number + at) % 3 !== 0).join('|'),
    itinerance: number % 7 === 0 ? 'true' : 'false',
    places: number % 6 === 0 ? '' : String(number % 20),
    telephone: `03530100${String(number % 100).padStart(2, '0')}`,
    courriel: number % 2 ? `accueil${number}@brume.example` : '',
    site_web: number % 3 ? '' : `https://brume.example/lieux/${number}/une-adresse-assez-longue-pour-deborder-d-un-telephone`,
    horaires: 'Tu-Fr 10:00-18:00; Sa 10:00-12:00',
    presentation: number % 4 ? '' : ABOUT,
    latitude: (47.1 + number / 1000).toFixed(4),
    longitude: (6.02 + number / 1000).toFixed(4),
    date_maj: '2026-09-02',
  };
}

/// `count` places as CSV.
export function csv(count) {
  const quoted = (text) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const names = SCHEMA.fields.map((one) => one.name);
  const lines = Array.from({ length: count }, (_, number) => {
    const cells = place(number);
    return names.map((name) => quoted(cells[name])).join(',');
  });
  return `${names.join(',')}\n${lines.join('\n')}${count ? '\n' : ''}`;
}
