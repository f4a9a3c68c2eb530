import {
  DefaultLogger,
  makeTelemetryFilterString,
  Runtime,
  type LogLevel,
  type MetricsExporterConfig,
} from '@temporalio/worker';
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

/**
 * Sends the SDK's own logs, also those of its native core, through `logger`, and its metrics and ours where `metrics`
 * says. Once per process, before any worker. Fails with an Error of the SDK's if the port for metrics is taken.
 */
export function installRuntime(logger: Logger, metrics?: MetricsExporterConfig): void {
  Runtime.install({
    logger: new DefaultLogger('INFO', ({ level, message, meta }) => logger[levels[level]]({ ...meta }, message)),
    telemetryOptions: {
      logging: { forward: {}, filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }) },
      ...(metrics && { metrics }),
    },
    shutdownSignals: ['SIGINT', 'SIGTERM'],
  });
}
