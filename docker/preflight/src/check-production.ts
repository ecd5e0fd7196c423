import { secrets, type Secret } from './secrets.ts';
import { estimateStrength } from './strength.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** A variable that keeps production from starting: what is wrong, and what to do. */
export interface Refusal {
  readonly name: string;
  readonly problem: string;
  readonly remedy: string;
}

/**
 * Checks every setting of production. @returns the wrong ones.
 * @param estimate - Estimates how hard a secret is to guess.
 */
export function checkProduction(environment: Environment, estimate = estimateStrength): readonly Refusal[] {
  const value = (name: string): string => (environment[name] ?? '').trim();
  return [...secrets.flatMap((secret) => refuseSecret(secret, environment, estimate)), ...refuseSettings(value)];
}

function refuseSecret(secret: Secret, environment: Environment, estimate: typeof estimateStrength): Refusal[] {
  const { name, command } = secret;
  const remedy = `set it in .env to the output of \`${command}\``;
  return problemsOf(secret, environment, estimate).map((problem) => ({ name, problem, remedy }));
}

function problemsOf(
  { name, development, formError, guessesLog10Min }: Secret,
  environment: Environment,
  estimate: typeof estimateStrength,
): string[] {
  const value = environment[name] ?? '';
  if (value.trim() === '') return ['is not set'];
  if (value === development) return ['has the value of development, which is public'];
  if (value !== value.trim()) return ['begins or ends with a blank'];
  const other = secrets.find((secret) => secret.name !== name && environment[secret.name] === value);
  const { guessesLog10, warning } = estimate(value, knownWords(environment));
  const guesses = `takes about 10^${Math.floor(guessesLog10)} guesses, and at least 10^${guessesLog10Min} are required`;
  return [
    formError(value),
    other && `has the same value as ${other.name}`,
    guessesLog10 < guessesLog10Min ? `is easy to guess: it ${guesses}${warning ? ` (${warning})` : ''}` : undefined,
  ].filter((problem) => problem !== undefined);
}

/** Words that an attacker of this stack tries first. */
function knownWords(environment: Environment): string[] {
  const users = ['AIRFLOW_ADMIN_USER', 'GRAFANA_ADMIN_USER'].map((name) => environment[name] ?? '');
  return ['global', 'sales', 'pulse', 'airflow', 'grafana', 'warehouse', 'kafka', 'etl', ...users];
}

/** Variables that PREFLIGHT_WAIVE may name. */
const waivable: readonly string[] = ['ALERT_WEBHOOK_URL'];

function refuseSettings(value: (name: string) => string): Refusal[] {
  const refusals: Refusal[] = [];
  const refuse = (name: string, problem: string, remedy: string) => void refusals.push({ name, problem, remedy });
  const waived = value('PREFLIGHT_WAIVE')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');

  for (const name of waived.filter((one) => !waivable.includes(one)))
    refuse('PREFLIGHT_WAIVE', `names ${name}, which can not be waived`, `only ${waivable.join(', ')} can`);
  if (!['', 'none'].includes(value('WAREHOUSE_SEED')))
    refuse(
      'WAREHOUSE_SEED',
      `is ${value('WAREHOUSE_SEED')}, and production takes no sample rates`,
      'leave it empty in .env',
    );
  if (['', 'development'].includes(value('CODE_VERSION')))
    refuse(
      'CODE_VERSION',
      'does not name a release or commit',
      'set it in .env to the output of `git describe --always --dirty`',
    );
  if (value('ETL_FAILPOINT') !== '')
    refuse('ETL_FAILPOINT', 'makes steps of a batch kill themselves, for tests', 'leave it empty in .env');
  if (value('ALERT_WEBHOOK_URL') === '') {
    if (!waived.includes('ALERT_WEBHOOK_URL'))
      refuse(
        'ALERT_WEBHOOK_URL',
        'is not set, so nobody receives alerts',
        'set it in .env, or set PREFLIGHT_WAIVE=ALERT_WEBHOOK_URL there',
      );
  } else if (!isWebAddress(value('ALERT_WEBHOOK_URL'))) {
    refuse(
      'ALERT_WEBHOOK_URL',
      'is not an http or https address',
      'set it in .env to one, such as https://alerts.example.com/hook',
    );
  }
  return refusals;
}

function isWebAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
