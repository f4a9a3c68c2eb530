/** What `slipway init` sees of a repository: the raw material of a proposed `slipway.yaml`. */
export interface RepositoryFacts {
  /** What the project might be called: the name of the folder, or of the package. */
  readonly names: readonly string[];
  /** Address of the remote, as git knows it; may hold a password. */
  readonly remote?: string;
  /** Name of the branch that everything is merged to. */
  readonly trunk?: string;
  /** The field that holds the version: where it stands, seen from the top of the repository. */
  readonly manifest?: { readonly file: string; readonly field: string };
  /** Short names of all tags. */
  readonly tags: readonly string[];
  /** Short names of the remote's branches. */
  readonly branches: readonly string[];
  /** Folder of NAME.up.sql / NAME.down.sql pairs, seen from the top of the repository. */
  readonly migrations?: string;
  /** The environment variable that names the database, as an example file of the repository calls it. */
  readonly databaseVariable?: string;
  /** Who works here, as git knows them. */
  readonly person?: string;
}
