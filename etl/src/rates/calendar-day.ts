const isoDay = /^\d{4}-\d\d-\d\d$/;

/** A day of the calendar as YYYY-MM-DD, or undefined for any other text. */
export function parseDay(text: string): string | undefined {
  if (!isoDay.test(text)) return undefined;
  const moment = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(moment.getTime()) && dayOf(moment) === text ? text : undefined;
}

/** The UTC day of a moment as YYYY-MM-DD. */
function dayOf(moment: Date): string {
  return moment.toISOString().slice(0, 10);
}

/** The day after a day, both as YYYY-MM-DD. */
export function dayAfter(day: string): string {
  return dayOf(new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000));
}
