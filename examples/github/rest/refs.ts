/** Refs and tag objects over REST. */
import { invalid, notFound, ok } from '../answers';
import { page, type RepositoryContext, type RepositoryOperation } from '../call-context';
import { readObject, readTag, runGit, type TagData } from '../git-objects';
import type { RefState } from '../refs';
import { nodeId, type Repository, type World } from '../world';
import { repoApi } from './addresses';

const typePaths: Record<string, string> = { commit: 'commits', tag: 'tags', tree: 'trees', blob: 'blobs' };
const read = ['contents', 'read'] as const;
const write = ['contents', 'write'] as const;

export const refOperations: Record<string, RepositoryOperation> = {
  'git/get-ref': {
    needs: read,
    run: async (context) => {
      const name = `refs/${context.params['ref']}`;
      const state = (await context.refs.seen(context.repository)).get(name);
      if (!state) throw notFound();
      return ok(refBody(context.world, context.repository, name, state));
    },
  },
  'git/list-matching-refs': {
    needs: read,
    run: async (context) => {
      const prefix = `refs/${context.params['ref']}`;
      const refs = [...(await context.refs.seen(context.repository))].filter(([name]) => name.startsWith(prefix));
      return ok(refs.map(([name, state]) => refBody(context.world, context.repository, name, state)));
    },
  },
  'git/create-ref': {
    needs: write,
    run: async (context) => {
      const { ref, sha } = context.body as { ref: string; sha: string };
      await context.refs.change(context.repository, context.actor, [
        { name: ref, before: null, after: await existing(context, sha), force: false },
      ]);
      return ok(await changed(context, ref, sha), 201);
    },
  },
  'git/update-ref': {
    needs: write,
    run: async (context) => {
      const { sha, force = false } = context.body as { sha: string; force?: boolean };
      const name = `refs/${context.params['ref']}`;
      const after = await existing(context, sha);
      await context.refs.change(context.repository, context.actor, [
        { name, before: undefined, after, force, mustExist: true },
      ]);
      return ok(await changed(context, name, sha));
    },
  },
  'git/delete-ref': {
    needs: write,
    run: async (context) => {
      const name = `refs/${context.params['ref']}`;
      await context.refs.change(context.repository, context.actor, [
        { name, before: undefined, after: null, force: true },
      ]);
      return { status: 204 };
    },
  },
  'git/create-tag': { needs: write, run: createTag },
  'git/get-tag': {
    needs: read,
    run: async ({ world, repository, params }) => {
      const tag = await readTag(repository.folder, params['tag_sha'] ?? '');
      if (!tag) throw notFound();
      return ok(tagBody(world, repository, tag));
    },
  },
  'repos/list-tags': {
    needs: ['metadata', 'read'],
    whenEmpty: true,
    run: async (context) => {
      const { world, repository } = context;
      const names = [...(await context.refs.seen(repository)).keys()].filter((name) => name.startsWith('refs/tags/'));
      const { items, headers } = page(context, `/repos/${repository.owner}/${repository.name}/tags`, names.reverse());
      const body = [];
      for (const ref of items) {
        const name = ref.slice('refs/tags/'.length);
        const sha = (await readObject(repository.folder, `${ref}^{commit}`))?.oid ?? '';
        body.push({
          name,
          node_id: nodeId('REF', repository.id, ref),
          commit: { sha, url: repoApi(world, repository, `/commits/${sha}`) },
          zipball_url: repoApi(world, repository, `/zipball/${ref}`),
          tarball_url: repoApi(world, repository, `/tarball/${ref}`),
        });
      }
      return { status: 200, body, headers };
    },
  },
};

/** Makes the object only; no ref names it yet. The same input gives the same object. */
async function createTag({ world, repository, body, actor }: RepositoryContext) {
  const { tag, message, object, type, tagger } = body as {
    tag: string;
    message: string;
    object: string;
    type: string;
    tagger?: { name: string; email: string; date?: string };
  };
  if ((await readObject(repository.folder, object))?.type !== type) throw invalid('Could not verify object');
  const person = world.user(actor.login);
  const name = tagger?.name ?? person?.name ?? actor.login;
  const email = tagger?.email ?? person?.emails[0] ?? `${actor.login}@users.noreply.github.com`;
  const seconds = Math.floor(Date.parse(tagger?.date ?? new Date(world.now()).toISOString()) / 1000);
  const text = `object ${object}\ntype ${type}\ntag ${tag}\ntagger ${name} <${email}> ${seconds} +0000\n\n${message}`;
  const { code, out, problem } = await runGit(repository.folder, ['mktag'], text);
  if (code !== 0) throw invalid(problem);
  const made = await readTag(repository.folder, out.toString().trim());
  if (!made) throw notFound();
  return ok(tagBody(world, repository, made), 201);
}

async function existing({ repository }: RepositoryContext, sha: string): Promise<string> {
  const object = /^[0-9a-f]{40}$/.test(sha) ? await readObject(repository.folder, sha) : null;
  if (!object) throw invalid('Object does not exist');
  return object.oid;
}

async function changed({ world, repository }: RepositoryContext, name: string, sha: string) {
  const object = await readObject(repository.folder, sha);
  return refBody(world, repository, name, { oid: sha, type: object?.type ?? 'commit' });
}

function refBody(world: World, repository: Repository, name: string, { oid, type }: RefState) {
  return {
    ref: name,
    node_id: nodeId('REF', repository.id, name),
    url: repoApi(world, repository, `/git/${name}`),
    object: { sha: oid, type, url: repoApi(world, repository, `/git/${typePaths[type]}/${oid}`) },
  };
}

function tagBody(world: World, repository: Repository, tag: TagData) {
  return {
    node_id: nodeId('TA', repository.id, tag.oid),
    sha: tag.oid,
    url: repoApi(world, repository, `/git/tags/${tag.oid}`),
    tagger: tag.tagger,
    object: {
      sha: tag.object,
      type: tag.type,
      url: repoApi(world, repository, `/git/${typePaths[tag.type]}/${tag.object}`),
    },
    tag: tag.name,
    message: tag.message,
    verification: unsigned,
  };
}

/** What GitHub says of an object without a signature. */
export const unsigned = { verified: false, reason: 'unsigned', signature: null, payload: null, verified_at: null };
