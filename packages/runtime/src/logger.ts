import { pino, type Logger } from 'pino';

export type { Logger } from 'pino';

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/**
 * json: one object a line, for log stores. pretty: several lines with colours, for a terminal.
 * line: one readable line each, without a time, for viewers that add their own, such as Airflow's.
 */
export type LogFormat = 'json' | 'pretty' | 'line';

export interface LoggerOptions {
  readonly name: string;
  readonly level: LogLevel;
  readonly format: LogFormat;
}

/** A synchronous logger on standard error: standard output is for results. */
export async function createLogger(options: LoggerOptions): Promise<Logger> {
  const { name, level, format } = options;
  const settings = {
    level,
    base: { name },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  if (format === 'json') return pino(settings, pino.destination({ dest: 2, sync: true }));
  const { PinoPretty } = await import('pino-pretty');
  const looks =
    format === 'pretty'
      ? { ignore: 'pid,hostname,name', translateTime: 'SYS:HH:MM:ss' }
      : { ignore: 'pid,hostname,name,time', singleLine: true, colorize: false };
  return pino(settings, PinoPretty({ destination: 2, sync: true, ...looks }));
}

/** The format for a program's standard error: pretty on a terminal, else json. */
export function logFormatFor(stream: { readonly isTTY?: boolean | undefined }): LogFormat {
  return stream.isTTY === true ? 'pretty' : 'json';
}
