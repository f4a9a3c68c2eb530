import { DefaultLogger, makeTelemetryFilterString, Runtime, type LogLevel } from '@temporalio/worker';
import pino, { type Logger } from 'pino';

/** JSON lines on stderr; every text is redacted before it is written. */
export function createLogger(redact: (text: string) => string): Logger {
  const stream = { write: (line: string) => void process.stderr.write(redact(line)) };
  return pino({ level: process.env['SLIPWAY_LOG_LEVEL'] ?? 'info', base: { pid: process.pid } }, stream);
}

const levels: Readonly<Record<LogLevel, 'trace' | 'debug' | 'info' | 'warn' | 'error'>> = {
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
};

/** Sends the SDK's own logs, also those of its native core, through `logger`. Once per process, before any worker. */
export function installRuntime(logger: Logger): void {
  Runtime.install({
    logger: new DefaultLogger('INFO', ({ level, message, meta }) => logger[levels[level]]({ ...meta }, message)),
    telemetryOptions: { logging: { forward: {}, filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }) } },
    shutdownSignals: ['SIGINT', 'SIGTERM'],
  });
}
