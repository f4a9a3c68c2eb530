import { isMap, type Document, type LineCounter } from 'yaml';
import { addressOf, noDeployment, type DeploymentFacts, type Seen, type Source } from './deployment-facts';
import { lineOf } from './line-of';

type Json = Readonly<Record<string, unknown>>;

/** What the manifests of one file tell: what runs, how it is asked for its health, and under which address. */
export function lookAtKubernetes(documents: readonly Document[], lines: LineCounter, file: string): DeploymentFacts {
  const notes: Seen<string>[] = [];
  const addresses: Seen<string>[] = [];
  const checks: Seen<string>[] = [];
  const environments: Seen<string>[] = [];
  for (const document of documents) {
    const value = document.toJS() as unknown;
    if (!isRecord(value) || typeof value['kind'] !== 'string') continue;
    const at = (...path: (string | number)[]): Source => ({ file, line: lineOf(document, lines, path) });
    const name = textIn(value, 'metadata', 'name') ?? 'without a name';
    const namespace = textIn(value, 'metadata', 'namespace');
    if (namespace !== undefined) environments.push({ value: namespace, from: at('metadata', 'namespace') });
    if (['Deployment', 'StatefulSet', 'DaemonSet', 'Rollout'].includes(value['kind'])) {
      const containers = listIn(value, 'spec', 'template', 'spec', 'containers');
      const images = containers.flatMap((container) => textIn(container, 'image') ?? []).join(', ');
      const from = at('metadata', 'name');
      notes.push({ value: `${value['kind']} ${name} runs ${images || 'an image'}; ${later}`, from });
      for (const path of probePaths(containers))
        checks.push({ value: path, from: at('spec', 'template', 'spec', 'containers') });
    }
    if (value['kind'] === 'Ingress') {
      const isSecure = listIn(value, 'spec', 'tls').length > 0;
      listIn(value, 'spec', 'rules').forEach((rule, index) => {
        const address = addressOf(`${isSecure ? 'https' : 'http'}://${textIn(rule, 'host') ?? ''}`);
        if (address !== undefined) addresses.push({ value: address, from: at('spec', 'rules', index, 'host') });
      });
    }
    if (value['kind'] === 'Kustomization') notes.push(...imagesOf(value, at));
  }
  return { ...noDeployment, notes, addresses, checks, environments };
}

const later = 'Slipway has no pointer kind for Kubernetes yet, so a pipeline that follows the pointer must roll it out';

/** The chart of a Helm release. */
export function lookAtChart(document: Document, lines: LineCounter, file: string): DeploymentFacts {
  const name = textIn(document.toJS() as unknown, 'name') ?? 'without a name';
  const from = { file, line: lineOf(document, lines, ['name']) };
  return { ...noDeployment, notes: [{ value: `the Helm chart ${name}; ${later}`, from }] };
}

function imagesOf(value: Json, at: (...path: (string | number)[]) => Source): Seen<string>[] {
  return listIn(value, 'images').map((image, index) => {
    const [name, tag] = [textIn(image, 'newName') ?? textIn(image, 'name') ?? 'an image', textIn(image, 'newTag')];
    return {
      value: `Kustomize sets ${name}${tag === undefined ? '' : ` to ${tag}`}; ${later}`,
      from: at('images', index),
    };
  });
}

/** Paths, to be asked at an address that stands elsewhere. */
function probePaths(containers: readonly unknown[]): string[] {
  const paths = containers.flatMap((container) =>
    ['readinessProbe', 'livenessProbe'].flatMap((probe) => textIn(container, probe, 'httpGet', 'path') ?? []),
  );
  return [...new Set(paths)].filter((path) => /^\/[\w./-]*$/.test(path));
}

const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function partOf(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((part, key) => (isRecord(part) ? part[key] : undefined), value);
}

function textIn(value: unknown, ...path: string[]): string | undefined {
  const part = partOf(value, path);
  return typeof part === 'string' || typeof part === 'number' ? String(part) : undefined;
}

function listIn(value: unknown, ...path: string[]): readonly unknown[] {
  const part = partOf(value, path);
  return Array.isArray(part) ? part : [];
}

/** Whether a document is one of Kubernetes' own, by its two keys. */
export const isManifest = (document: Document) =>
  isMap(document.contents) && document.has('apiVersion') && document.has('kind');
