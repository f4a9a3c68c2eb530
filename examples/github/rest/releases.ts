/** Published releases over REST. */
import { notFound, ok } from '../answers';
import type { RepositoryOperation } from '../call-context';
import { nodeId } from '../world';
import { html, repoApi } from './addresses';
import { simpleUserByLogin } from './people';

export const releaseOperations: Record<string, RepositoryOperation> = {
  'repos/get-release-by-tag': {
    needs: ['contents', 'read'],
    run: async ({ world, repository, params }) => {
      const release = repository.releases.find(({ tag }) => tag === params['tag']);
      if (!release) throw notFound();
      const id = repository.releases.indexOf(release) + 1;
      const url = repoApi(world, repository, `/releases/${id}`);
      return ok({
        id,
        node_id: nodeId('RE', repository.id, id),
        url,
        html_url: html(world, repository, `/releases/tag/${release.tag}`),
        assets_url: `${url}/assets`,
        upload_url: `${url}/assets{?name,label}`,
        tarball_url: repoApi(world, repository, `/tarball/${release.tag}`),
        zipball_url: repoApi(world, repository, `/zipball/${release.tag}`),
        tag_name: release.tag,
        target_commitish: repository.defaultBranch,
        name: release.tag,
        body: release.body,
        draft: false,
        prerelease: false,
        created_at: repository.createdAt,
        published_at: repository.createdAt,
        author: simpleUserByLogin(world, repository.owner),
        assets: [],
      });
    },
  },
};
