import { isSameName, LONGEST_NAME, nearestName } from '../errors/nearest-name.js';

/** The IANA time zone that a name was probably meant to be: `Berlin` and `europe/berln` are `Europe/Berlin`; null for none. */
export function nearestTimeZone(name: string): string | null {
  if (name.length > LONGEST_NAME) return null;
  const zones = ['UTC', ...Intl.supportedValuesOf('timeZone')];
  const places = new Map(zones.map((zone) => [placeOf(zone), zone]));
  const near = zones.find((zone) => isSameName(zone, name)) ?? places.get(matching(places, name) ?? '');
  if (near !== undefined) return near;
  const whole = nearestName(name, zones);
  return whole ?? places.get(nearestName(placeOf(name), [...places.keys()]) ?? '') ?? null;
}

/** What is wrong with the name of a time zone that is not known, and what to write instead. */
export function timeZoneProblem(name: string): string {
  const nearest = nearestTimeZone(name);
  return nearest === null
    ? 'not a time zone of the IANA database, such as Europe/Berlin'
    : `not a time zone of the IANA database; did you mean ${nearest}?`;
}

function matching(places: ReadonlyMap<string, string>, name: string): string | undefined {
  return [...places.keys()].find((place) => isSameName(place, name));
}

/** `Los_Angeles` of `America/Los_Angeles`. */
function placeOf(zone: string): string {
  return zone.split('/').at(-1) ?? zone;
}
