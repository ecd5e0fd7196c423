/**
 * Both results, or the failure of one: but not before the other has come up too, so that the caller can still end it.
 */
export async function bothStarted<First, Second>(
  first: Promise<First>,
  second: Promise<Second>,
): Promise<[First, Second]> {
  await Promise.allSettled([first, second]);
  return Promise.all([first, second]);
}
