/** How sites say that a page does not exist, in lower case. Short enough to stand in running text only where it means that. */
const PHRASES = [
  'page not found',
  'not found',
  'could not be found',
  "couldn't be found",
  'cannot be found',
  "can't find the page",
  'cannot find the page',
  'page does not exist',
  "page doesn't exist",
  'no longer exists',
  'no longer available',
  'nothing was found',
  'no results found',
  'error 404',
  '404 error',
  'seite nicht gefunden',
  'nicht gefunden',
  'existiert nicht',
  'nicht mehr verfügbar',
  'page introuvable',
  "n'existe pas",
  "n'existe plus",
  'página no encontrada',
  'no se ha encontrado',
  'no existe',
  'pagina non trovata',
  'non esiste',
  'página não encontrada',
  'não existe',
  'pagina niet gevonden',
  'bestaat niet',
  'nie znaleziono',
  'strona nie istnieje',
  'страница не найдена',
  'не найдено',
  '页面不存在',
  '找不到',
  'ページが見つかりません',
  '페이지를 찾을 수 없습니다',
];

/** One expression reads a text once; most apostrophes on the web are typographic ones. */
const NOT_FOUND = new RegExp(PHRASES.map((phrase) => phrase.replaceAll("'", "['’]")).join('|'), 'i');

/** Whether a short text says, in one of the larger languages of the web, that a page was not found. */
export function saysNotFound(text: string): boolean {
  return NOT_FOUND.test(text);
}
