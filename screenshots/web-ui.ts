/** The Temporal Web UI in a browser, as a person uses it. Every step waits for what it needs to be on the page. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContext, FrameLocator, Locator, Page } from 'playwright-core';
import { smallPng } from './small-png';

/** A picture may weigh so many bytes: they are kept in the repository. */
export const MAX_PICTURE = 150_000;

/** What a picture shows of the page: all that is in the window, or one thing on it. */
interface Frame {
  /** The window's height in pixels; its width is always the same. */
  readonly height: number;
  readonly of?: Locator;
}

const WIDTH = 1280;

/** What is remembered in the browser of somebody who works with releases: columns of the list, the whole timeline. */
const habits = {
  'namespace-workflow-table-columns': JSON.stringify({
    default: ['Status', 'Workflow ID', 'SlipwayVersion', 'SlipwayPhase', 'SlipwayOutcome'].map((label) => ({ label })),
  }),
  minimizeEventView: 'false',
};

export class WebUi {
  private constructor(
    private readonly page: Page,
    private readonly address: string,
    private readonly folder: string,
  ) {}

  /** Opens a page for the Web UI at `address`; pictures go to `folder`. */
  static async open(browser: BrowserContext, address: string, folder: string): Promise<WebUi> {
    mkdirSync(folder, { recursive: true });
    const page = await browser.newPage();
    await page.addInitScript((items) => {
      // Runs in the browser, whose names this program does not know.
      const storage = (globalThis as unknown as { localStorage: { setItem(key: string, value: string): void } })
        .localStorage;
      for (const [key, value] of Object.entries(items)) storage.setItem(key, value);
    }, habits);
    return new WebUi(page, address, folder);
  }

  /** The list of workflows that `query` finds; waits until `id` is in it. */
  async list(query: string, id: string): Promise<void> {
    await this.page.goto(`${this.address}/namespaces/default/workflows?query=${encodeURIComponent(query)}`);
    await this.page.getByRole('link', { name: id }).first().waitFor();
  }

  /** A workflow's details; waits until they say `words`. */
  async details(id: string, words: string): Promise<void> {
    await this.workflow(id);
    await this.page.getByText('User Metadata', { exact: true }).click();
    await this.currentDetails.getByText(words).first().waitFor();
  }

  /** A workflow's timeline, oldest first, without its notes in the ledger; waits until it shows `words`. */
  async timeline(id: string, words: string): Promise<Locator> {
    await this.workflow(id);
    const graph = this.page.locator('#event-history-timeline-graph');
    await graph.getByText(words).first().waitFor();
    await this.page.getByTestId('zoom-in').click();
    await this.page.getByTestId('zoom-in').filter({ hasText: 'Ascending' }).waitFor();
    await this.withoutLedger(graph);
    return graph;
  }

  /** Fills in the dialog "Send a Signal". */
  async prepareSignal(name: string, data: string): Promise<Locator> {
    await this.page.getByRole('button', { name: 'More Actions' }).click();
    await this.page.getByRole('menuitem', { name: 'Send a Signal' }).click();
    const dialog = this.page.getByRole('dialog', { name: 'Send a Signal' });
    await dialog.getByRole('button', { name: 'Select a signal' }).click();
    await dialog.getByRole('option', { name }).first().click();
    const editor = dialog.locator('[contenteditable=true]:visible');
    await editor.fill(data);
    // Left, it lays out what was pasted anew, and the buttons below move: a click meanwhile would miss.
    await editor.blur();
    await editor.locator('.cm-line').nth(1).waitFor();
    return dialog;
  }

  /** Sends the signal that stands in the dialog. */
  async submitSignal(dialog: Locator): Promise<void> {
    await dialog.getByRole('button', { name: 'Submit' }).click();
    await dialog.waitFor({ state: 'hidden' });
  }

  /** Writes a picture. Fails if it weighs too much. */
  async picture(name: string, { height, of }: Frame): Promise<void> {
    await this.page.setViewportSize({ width: WIDTH, height });
    await this.page.evaluate('document.fonts.ready');
    const options = { animations: 'disabled', caret: 'hide' } as const;
    const png = smallPng(await (of ? of.screenshot(options) : this.page.screenshot(options)));
    if (png.length > MAX_PICTURE) throw new Error(`${name}.png has ${png.length} bytes; ${MAX_PICTURE} are allowed`);
    writeFileSync(join(this.folder, `${name}.png`), png);
  }

  private async withoutLedger(graph: Locator): Promise<void> {
    const filter = this.page.getByRole('button', { name: 'Filter' }).last();
    const localActivities = this.page.getByRole('menuitem', { name: /^\s*Local Activity/ });
    await filter.click();
    await localActivities.click();
    await filter.click();
    await localActivities.waitFor({ state: 'hidden' });
    await graph.getByText('recordInLedger').first().waitFor({ state: 'detached' });
  }

  private get currentDetails(): FrameLocator {
    return this.page.frameLocator('iframe[title=output]').last();
  }

  private async workflow(id: string): Promise<void> {
    await this.page.goto(`${this.address}/namespaces/default/workflows/${encodeURIComponent(id)}`);
    await this.page.getByRole('heading', { name: id }).first().waitFor();
  }
}
