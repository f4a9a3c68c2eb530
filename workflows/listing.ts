/** A release as the list in the Web UI shows it. */
import { defineSearchAttributeKey } from '@temporalio/common';
import { upsertSearchAttributes } from '@temporalio/workflow';
import type { Outcome, Phase } from '../release/phase';
import { searchAttributeNames } from './search-attributes';

const phaseKey = defineSearchAttributeKey(searchAttributeNames.phase, 'KEYWORD');
const outcomeKey = defineSearchAttributeKey(searchAttributeNames.outcome, 'KEYWORD');

/** Fewer words than there are phases, since every change of them is an event. */
const listedPhase: Partial<Record<Phase, string>> = {
  'awaiting approval': 'awaiting approval',
  'waiting for window': 'waiting for window',
  'waiting for lock': 'waiting for lock',
  'looking again': 'releasing',
  // Again, after a wait for the calendar.
  migrating: 'releasing',
  moving: 'releasing',
  // After people were asked in between.
  'going live': 'releasing',
  monitoring: 'releasing',
  finishing: 'releasing',
  'rolling back': 'rolling back',
  'needs attention': 'needs attention',
};

export class Listing {
  private listed = '';

  enter(phase: Phase): void {
    const listed = listedPhase[phase];
    if (!listed || listed === this.listed) return;
    this.listed = listed;
    upsertSearchAttributes([{ key: phaseKey, value: listed }]);
  }

  /** The release has ended. */
  end(outcome: Outcome): void {
    upsertSearchAttributes([
      { key: phaseKey, value: 'ended' },
      { key: outcomeKey, value: outcome },
    ]);
  }
}
