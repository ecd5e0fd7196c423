import { UsageError } from '../failures/errors.ts';

const lengthMax = 249;

/**
 * Kafka's rules for names of topics. Its metrics write '.' as '_', so it refuses a name that differs from another only there.
 * @throws UsageError with the variable's value and the name that conflicts.
 */
export function requireTopicNames(wanted: readonly string[], existing: ReadonlySet<string>): void {
  for (const name of wanted) {
    if (!/^[\w.-]+$/.test(name) || name.length > lengthMax || name === '.' || name === '..') {
      throw new UsageError(
        `"${name}" is no name for a topic: Kafka takes letters, digits, '.', '_' and '-', at most ${lengthMax} of them; ` +
          namedBy,
      );
    }
  }
  const others = new Map([...existing, ...wanted].map((name) => [alike(name), name]));
  for (const name of [...wanted, ...existing]) {
    const other = others.get(alike(name));
    if (other === undefined || other === name || !(wanted.includes(name) || wanted.includes(other))) continue;
    if (existing.has(name) && existing.has(other)) continue;
    const [missing, inTheWay] = existing.has(name) ? [other, name] : [name, other];
    throw new UsageError(
      `topic ${missing} can not be made beside topic ${inTheWay}: to Kafka '.' and '_' are the same in names; ` +
        `choose another name, or delete ${inTheWay} if it is not needed; ${namedBy}`,
    );
  }
  const repeated = wanted.find((name, index) => wanted.indexOf(name) !== index);
  if (repeated !== undefined) throw new UsageError(`two topics have the name ${repeated}: ${namedBy}`);
}

const namedBy = 'names stand in KAFKA_TOPIC_TRANSACTIONS and KAFKA_TOPIC_DEAD_LETTERS';

function alike(name: string): string {
  return name.replaceAll('.', '_');
}
