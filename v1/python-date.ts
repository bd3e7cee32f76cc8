const DATE_TIME =
  /^(\d{4})(-?)(\d\d)\2(\d\d)(?:.(\d\d)(?:(:?)(\d\d)(?:\6(\d\d)(?:[.,](\d+))?)?)?(Z|[+-]\d\d(?::?\d\d(?::?\d\d)?)?)?)?$/su;

/**
 * A date as the client's constructors take it: ISO 8601 that Python's `datetime.fromisoformat` reads; the text itself,
 * but for the digits of the second's fraction, of which Python before 3.11 takes only 3 or 6. Null for any other text:
 * the client refuses a whole frame for a date it cannot read, and takes null for "not given".
 */
export function pythonDate(text: string | undefined): string | null {
  const parts = text === undefined ? null : DATE_TIME.exec(text);
  if (text === undefined || parts === null) return null;
  const [, year, , month, day, hour = '0', , minute = '0', second = '0', fraction, zone = ''] = parts;
  if (!isDay(Number(year), Number(month), Number(day))) return null;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59 || !isZone(zone)) return null;
  if (fraction === undefined || fraction.length === 3 || fraction.length === 6) return text;
  const end = text.length - zone.length;
  return text.slice(0, end - fraction.length) + fraction.slice(0, 6).padEnd(6, '0') + zone;
}

function isDay(year: number, month: number, day: number): boolean {
  if (year < 1 || month < 1 || month > 12 || day < 1) return false;
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
  return day <= days;
}

function isZone(zone: string): boolean {
  const [hours = '0', minutes = '0', seconds = '0'] = zone.replace(/[^\d]/g, '').match(/\d\d/g) ?? [];
  return Number(hours) < 24 && Number(minutes) < 60 && Number(seconds) < 60;
}
