import type { RegionHolidays } from '../../release/calendar/freezes';

const known = new Map<string, RegionHolidays>();

/** The public holidays of a region (`DE`, `DE-BE`, `DE-BY-A`) in these years. Fails if nobody knows the region's. */
export async function holidaysOf(region: string, years: { from: number; to: number }): Promise<RegionHolidays> {
  const key = `${region} ${years.from} ${years.to}`;
  const found = known.get(key) ?? (await compute(region, years));
  known.set(key, found);
  return found;
}

async function compute(region: string, years: { from: number; to: number }): Promise<RegionHolidays> {
  // Loading it takes 200 ms, which only an environment with holidays is worth.
  const { default: Holidays } = await import('date-holidays');
  const [country = '', state = '', part = ''] = region.split('-');
  const calendar = new Holidays(country, state, part, { types: ['public'] });
  const holidays = [];
  for (let year = years.from; year <= years.to; year++) {
    for (const { date, start, end, name } of calendar.getHolidays(year, 'en')) {
      // One that begins at noon, or at sunset of the day before, has the days that its date and length say.
      const days = Math.max(1, Math.round((end.getTime() - start.getTime()) / 86_400_000));
      holidays.push({ date: date.slice(0, 10), days, name });
    }
  }
  if (holidays.length === 0) throw new Error(`no holidays of ${region} are known`);
  return { region, weekend: weekendOf(country), holidays };
}

/** Days of the week that are no business days in a country, 0 = Monday. */
function weekendOf(country: string): number[] {
  const locale = new Intl.Locale('und', { region: country }) as unknown as WithWeek;
  const info = locale.getWeekInfo?.() ?? locale.weekInfo;
  return (info?.weekend ?? [6, 7]).map((day) => day - 1);
}

/** Engines have it under the one name or the other; TypeScript knows of neither yet. */
interface WithWeek {
  readonly weekInfo?: { readonly weekend: readonly number[] };
  getWeekInfo?(): { readonly weekend: readonly number[] };
}
