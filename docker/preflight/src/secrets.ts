/** A secret of production, and what it must look like. */
export interface Secret {
  readonly name: string;
  /** Its value in development, which is public; empty if there is none. */
  readonly development: string;
  /** The command that makes a good one. */
  readonly command: string;
  /** What is wrong with a value's form, or undefined. */
  readonly formError: (value: string) => string | undefined;
  /** The decimal logarithm of the guesses that it must withstand. */
  readonly guessesLog10Min: number;
}

/** Attempts to log in are slow, and passwords are stored as slow hashes. */
const password = { command: 'openssl rand -hex 24', formError: atLeast(12), guessesLog10Min: 10 };
/** With one signed or encrypted text, an attacker can guess the key at full speed. */
const key = { guessesLog10Min: 20 };

/** Every secret of production. */
export const secrets: readonly Secret[] = [
  { name: 'AIRFLOW_ADMIN_PASSWORD', development: 'admin', ...password },
  {
    name: 'AIRFLOW_API_SECRET_KEY',
    development: 'development-only-secret-key',
    command: 'openssl rand -hex 32',
    formError: atLeast(32),
    ...key,
  },
  { name: 'AIRFLOW_DB_PASSWORD', development: 'airflow', ...password, formError: inUrl },
  {
    name: 'AIRFLOW_FERNET_KEY',
    development: 'cHVsc2UtZGV2ZWxvcG1lbnQtb25seS1mZXJuZXQta2U=',
    command: 'openssl rand -base64 32 | tr +/ -_',
    formError: fernetKeys,
    ...key,
  },
  {
    name: 'AIRFLOW_JWT_SECRET',
    development: 'development-only-secret-of-64-bytes-for-tokens-between-components',
    command: 'openssl rand -hex 64',
    formError: atLeast(64),
    ...key,
  },
  { name: 'GRAFANA_ADMIN_PASSWORD', development: 'admin', ...password },
  {
    name: 'GRAFANA_SECRET_KEY',
    development: '',
    command: 'openssl rand -hex 32',
    formError: atLeast(32),
    ...key,
  },
  { name: 'WAREHOUSE_DB_PASSWORD', development: 'warehouse', ...password },
  { name: 'WAREHOUSE_ETL_PASSWORD', development: 'etl', ...password },
  { name: 'WAREHOUSE_READER_PASSWORD', development: 'grafana_reader', ...password },
];

function atLeast(length: number): (value: string) => string | undefined {
  return (value) => (value.length < length ? `is shorter than ${length} characters` : undefined);
}

/** Compose puts it into a URL without encoding. */
function inUrl(value: string): string | undefined {
  if (!/^[A-Za-z0-9._~-]*$/.test(value)) return 'is part of a URL and has a character other than A-Z a-z 0-9 . _ ~ -';
  return password.formError(value);
}

/** Several keys separated by commas: the first encrypts, all decrypt. */
function fernetKeys(value: string): string | undefined {
  if (value.split(',').every((one) => /^[A-Za-z0-9_-]{43}=$/.test(one))) return undefined;
  return 'is not a Fernet key, which is 32 bytes in URL-safe base64: 44 characters of A-Z a-z 0-9 - _ with = at the end';
}
