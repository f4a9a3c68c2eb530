import { createRequire } from 'node:module';
import type Holidays from 'date-holidays';
import { suggest } from './nearest';

/** Loading takes 200 ms, which only a file with holidays is worth. */
const load = createRequire(__filename);
let known: Holidays | undefined;

/**
 * Why nobody knows the holidays of `region` (`DE`, `DE-BE`, `DE-BY-A`), as what is wrong and what to write; undefined
 * if they are known.
 */
export function problemOfRegion(region: string): { readonly message: string; readonly hint: string } | undefined {
  known ??= new (load('date-holidays') as typeof Holidays)();
  const [country = '', state, part, ...rest] = region.split('-');
  const example = 'Write a country such as DE, or one with a region such as DE-BE.';
  const isCountry = Object.hasOwn(known.getCountries(), country);
  if (!isCountry || rest.length > 0) {
    return { message: `${JSON.stringify(region)} is no country whose holidays are known`, hint: example };
  }
  return (
    notAmong(region, state, known.getStates(country) ?? {}, country) ??
    notAmong(region, part, state ? (known.getRegions(country, state) ?? {}) : {}, `${country}-${state}`)
  );
}

type Names = Readonly<Record<string, string>>;

function notAmong(region: string, name: string | undefined, names: Names, of: string) {
  if (name === undefined || Object.hasOwn(names, name)) return undefined;
  const parts = Object.keys(names).map((part) => `${of}-${part}`);
  return {
    message: `${JSON.stringify(region)} is no region of ${of} whose holidays are known`,
    hint: suggest(region, parts) || `Write ${of}.`,
  };
}
