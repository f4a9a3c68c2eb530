import { suggest } from '../nearest';
import type { Rule } from './rule';

/** `after` names services of this file. */
export const afterNamesServices: Rule = ({ services }, { problem }) => {
  const known = services.map(({ name }) => name);
  for (const { name, after } of services) {
    for (const { path, text } of after) {
      if (known.includes(text)) continue;
      const others = known.filter((other) => other !== name);
      problem(path, `there is no service ${JSON.stringify(text)}`, suggest(text, others) || 'Leave it out.');
    }
  }
};

/** No service waits for itself, neither directly nor through others. */
export const afterHasNoCircles: Rule = ({ services }, { problem }) => {
  const followers = new Map(services.map(({ name, after }) => [name, after.map(({ text }) => text)]));
  const told = new Set<string>();
  for (const { name, path } of services) {
    const circle = circleFrom(name, followers);
    if (!circle || circle.some((member) => told.has(member))) continue;
    circle.forEach((member) => told.add(member));
    const way = [...circle, name].join(' → ');
    problem([...path, 'after'], `the order goes in a circle: ${way}`, 'Take one of these out of `after`.', 'key');
  }
};

/** The shortest way from `name` back to itself. */
function circleFrom(name: string, next: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const ways = [[name]];
  const seen = new Set<string>();
  for (const way of ways) {
    for (const step of next.get(way.at(-1) ?? '') ?? []) {
      if (step === name) return way;
      if (!seen.has(step)) ways.push([...way, step]);
      seen.add(step);
    }
  }
  return undefined;
}
