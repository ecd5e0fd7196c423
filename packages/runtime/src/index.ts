export { reconnectCleanly, type KafkaConnection } from './clean-reconnects.ts';
export { ConfigError, readConfig } from './config.ts';
export { kafkaAddress, kafkaAddressIsOne, kafkaBrokers, kafkaOfThisMachine } from './kafka-address.ts';
export { exitCode, type ExitCode } from './exit-code.ts';
export {
  createLogger,
  logFormatFor,
  logLevels,
  type LogFormat,
  type Logger,
  type LoggerOptions,
  type LogLevel,
} from './logger.ts';
export { shutdownSignal } from './shutdown.ts';
export { exitOnSignals } from './signals.ts';
export { exitWhenUnread } from './output.ts';
export { silenceNegativeTimeouts } from './warnings.ts';
