import { setDefaultSignalHandler, setHandler } from '@temporalio/workflow';

type Handler = (...args: unknown[]) => unknown;
type Definition = { readonly type: 'signal' | 'update' | 'query'; readonly name: string };
type Register = (definition: Definition, handler: Handler, options?: object) => void;

/** How the handler of a message is added. */
export type On = typeof setHandler;

/**
 * The handlers of a workflow, registered all at once: signals that came before its first task are handled in the order in
 * which they came. Registered one by one they would be handled kind by kind: of a stop, its end and another stop the end
 * would be the last.
 */
export class Handlers {
  private readonly signals = new Map<string, Handler>();
  private readonly all: (() => void)[] = [];

  /** As `setHandler`, once `register` is called. */
  readonly on = ((definition: Definition, handler: Handler, options?: object) => {
    if (definition.type === 'signal') this.signals.set(definition.name, handler);
    this.all.push(() => (setHandler as Register)(definition, handler, options));
  }) as typeof setHandler;

  /** `unknown` is told the name of any other signal. */
  register(unknown: (name: string) => void): void {
    setDefaultSignalHandler((name, ...args) => {
      const handler = this.signals.get(name);
      if (!handler) return unknown(name);
      return handler(...args) as void | Promise<void>;
    });
    for (const register of this.all) register();
  }
}
