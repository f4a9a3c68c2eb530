import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { givenServer } from '../../../worker/embedded/given-server';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-profile-'));
  file = join(folder, 'temporal.toml');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a Temporal server given by the environment', () => {
  it('is the one of TEMPORAL_ADDRESS', () => {
    const env = { TEMPORAL_CONFIG_FILE: file, TEMPORAL_ADDRESS: 'temporal.example:7233' };
    expect(givenServer(env)).toEqual({ address: 'temporal.example:7233', namespace: 'default' });
  });

  it('is the one of a profile', () => {
    writeFileSync(file, '[profile.staging]\naddress = "staging.example:7233"\nnamespace = "releases"\n');
    const env = { TEMPORAL_CONFIG_FILE: file, TEMPORAL_PROFILE: 'staging' };
    expect(givenServer(env)).toEqual({ address: 'staging.example:7233', namespace: 'releases' });
  });

  it('is none when nothing names one', () => {
    expect(givenServer({ TEMPORAL_CONFIG_FILE: file })).toBeUndefined();
    expect(givenServer({ TEMPORAL_CONFIG_FILE: file, TEMPORAL_ADDRESS: '' })).toBeUndefined();
  });

  it('is an error when a profile is named that is not there, since somebody meant a real server', () => {
    writeFileSync(file, '[profile.staging]\naddress = "staging.example:7233"\n');
    expect(() => givenServer({ TEMPORAL_CONFIG_FILE: file, TEMPORAL_PROFILE: 'production' })).toThrow('production');
  });
});
